"""What a line that brings in a name looks like, and where such a line goes in a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mendline.features.repair.python_order import sorted_in
from mendline.syntax.imports import imports_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Edit

_ECMASCRIPT: Final = re.compile(r"import\b.*|(?:const|let|var)\b.*=\s*require\(.*\).*")
_C: Final = re.compile(r"#\s*include\b.*")

IMPORT_LINES: Final[Mapping[str, re.Pattern[str]]] = {
    "python": re.compile(r"(?:import\s+[\w.]+|from\s+[\w.]+\s+import\b).*"),
    "javascript": _ECMASCRIPT,
    "javascriptreact": _ECMASCRIPT,
    "typescript": _ECMASCRIPT,
    "typescriptreact": _ECMASCRIPT,
    "rust": re.compile(r"(?:pub\s+)?use\s+.*;"),
    "go": re.compile(r"import\s+.*"),
    "java": re.compile(r"import\s+.*;"),
    "kotlin": re.compile(r"import\s+.*"),
    "csharp": re.compile(r"using\s+[\w.]+;"),
    "c": _C,
    "cpp": re.compile(r"#\s*include\b.*|using\s+.*;"),
}
"""Language id to one import line, without its indentation."""

_SECTION: Final[Mapping[str, re.Pattern[str]]] = {
    "java": re.compile(r"package\b.*;"),
    "go": re.compile(r"package\b.*"),
    "kotlin": re.compile(r"package\b.*"),
    "python": re.compile(r"from\s+__future__\s+import\b.*"),
}
"""What an import can't stand before."""
_MOST_LINES: Final = 400


def import_edit(document: Document, tree: Tree | None, language: str, lines: tuple[str, ...]) -> Edit | None:
    """The edit that adds import lines to the file: behind its last import, else where its code begins.

    Returns:
        None where the language's imports are not known, or all lines are there already.
    """
    pattern = IMPORT_LINES.get(language)
    texts = [document.line_text(number) for number in range(min(document.line_count, _MOST_LINES))]
    missing = [line for line in lines if line not in texts]
    if pattern is None or not missing:
        return None
    if language == "go" and (end := _end_of_block(texts)) is not None:
        missing = [f"\t{line.removeprefix('import').strip()}" for line in missing]
        at = document.line_start(end)
        return Edit(at, at, "".join(f"{line}\n" for line in missing))
    if language == "python" and (edit := sorted_in(document, tree, missing)) is not None:
        return edit
    line_break = "\r\n" if "\r\n" in document.text[:2000] else "\n"
    section = _SECTION.get(language)
    last = _last_import(document, tree, texts, pattern)
    if last is None and section is not None:
        last = max((number for number, text in enumerate(texts) if section.match(text)), default=None)
    if last is not None:
        lead = line_break if section is not None and section.match(texts[last]) else ""
        end = document.line_end(last)
        return Edit(end, end, lead + "".join(line_break + line for line in missing))
    start = document.line_start(_first_code(document, tree))
    gap = line_break * (2 if document.text.startswith(("def ", "class ", "async ", "@"), start) else 1)
    return Edit(start, start, "".join(line + line_break for line in missing) + gap)


def _end_of_block(texts: list[str]) -> int | None:
    """The line of the parenthesis that closes Go's block of imports."""
    start = next((number for number, text in enumerate(texts) if re.match(r"import\s*\($", text)), None)
    if start is None:
        return None
    return next((number for number, text in enumerate(texts[start:], start) if text == ")"), None)


def _last_import(document: Document, tree: Tree | None, texts: list[str], pattern: re.Pattern[str]) -> int | None:
    """The last line of the imports at the top; one of several lines ends where its statement does."""
    if tree is not None and (found := imports_of(tree)):
        top = [each for each in found if document.line_start(document.line_at(each.range.start)) == each.range.start]
        lines = [document.line_at(each.range.end) for each in top if not each.reexports]
        if lines:
            return _first_run(lines)
    lines = [number for number, text in enumerate(texts) if pattern.match(text)]
    return _first_run(lines) if lines else None


def _first_run(lines: list[int]) -> int:
    """The last of the lines that stand close together; imports further down are somebody's special case."""
    last = lines[0]
    for line in lines[1:]:
        if line - last > 10:
            break
        last = line
    return last


def _first_code(document: Document, tree: Tree | None) -> int:
    """The line of the first node that is no comment and no docstring; 0 without a tree."""
    if tree is None:
        return 0
    for number, node in enumerate(tree.root.named_children):
        is_docstring = number == 0 and node.type == "expression_statement" and tree.text_of(node)[:1] in "\"'rR"
        if "comment" not in node.type and not is_docstring and "directive" not in node.type:
            return document.line_at(tree.range_of(node).start)
    return 0
