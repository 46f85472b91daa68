"""`textDocument/completion`: the fallback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import Editor, capabilities, editing, within

ANSWERS = [
    {"prefix_ends_with": "return first", "middle": " + second"},
    {"prefix_ends_with": "def block():\n    ", "middle": "first = 1\n    return first\n"},
    {"prefix_ends_with": "math.sq", "middle": "rt(2)"},
]


async def complete(editor: Editor, uri: str, line: int, character: int) -> list[types.CompletionItem]:
    """Ask for a completion list."""
    params = types.CompletionParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
    result = await within(editor.client.text_document_completion_async(params))
    assert isinstance(result, types.CompletionList)
    assert result.is_incomplete
    return list(result.items)


async def test_the_suggestion_is_an_item(tmp_path: Path) -> None:
    async with editing(
        tmp_path, {"answers": ANSWERS, "default": {"middle": ""}}, can=capabilities(inline=False)
    ) as editor:
        (item,) = await complete(editor, editor.open("sum.py", "def add(first, second):\n    return first"), 1, 16)
        assert isinstance(item.text_edit, types.TextEdit)
        # Editors filter by what stands between the edit's start and the cursor: the edit takes the word in.
        assert item.text_edit.new_text == item.filter_text == item.label == "first + second"
        assert item.text_edit.range == types.Range(types.Position(1, 11), types.Position(1, 16))
        assert (item.detail, item.preselect) == ("Mendline", None)
        assert item.insert_text_format == types.InsertTextFormat.PlainText
        assert item.command is not None

        (block,) = await complete(editor, editor.open("block.py", "def block():\n    \n"), 1, 4)
        assert block.label == "first = 1"
        assert isinstance(block.text_edit, types.TextEdit)
        assert block.text_edit.new_text == "first = 1\n    return first"
        # Or an editor that adjusts indentation would indent the second line twice.
        assert block.insert_text_mode == types.InsertTextMode.AsIs
        assert isinstance(block.documentation, types.MarkupContent)
        assert block.documentation.value == "```python\nfirst = 1\n    return first\n```"

        assert await complete(editor, editor.open("empty.py", ""), 0, 0) == []
        assert await complete(editor, editor.uri("never-opened.py"), 0, 0) == []


def inserted(text: str, item: types.CompletionItem) -> str:
    """A text with an item in it, inserted by an editor that indents further lines like the first (LSP 3.17)."""
    edit = item.text_edit
    assert isinstance(edit, types.TextEdit)
    assert item.insert_text_mode == types.InsertTextMode.AdjustIndentation
    lines = text.split("\n")
    line, after = lines[edit.range.start.line], lines[edit.range.end.line][edit.range.end.character :]
    before = line[: edit.range.start.character]
    new = edit.new_text
    if item.insert_text_format == types.InsertTextFormat.Snippet:
        # No placeholders, no variables: what isn't taken literally would be one.
        assert not re.search(r"\$", re.sub(r"\\[\\$}]", "", new))
        new = re.sub(r"\\([\\$}])", r"\1", new)
    indentation = before[: len(before) - len(before.lstrip())]
    lines[edit.range.start.line : edit.range.end.line + 1] = [before + new.replace("\n", "\n" + indentation) + after]
    return "\n".join(lines)


@pytest.mark.parametrize("snippets", [True, False])
@pytest.mark.parametrize(
    ("text", "place", "middle"),
    [
        ("def block():\n    \n", (1, 4), "first = 1\n    return first"),
        ("class A:\n    def block(self):\n        \n", (2, 8), "first = 1\n        if first:\n            return 2"),
        ("def money():\n\t\n", (1, 1), "price = '$5 ${1} \\\\$'\n\treturn price"),
        ("def deep():\n    if deep:\n        \n", (2, 8), "x = 1\n        y = 2"),
    ],
)
async def test_an_editor_that_indents_by_itself_gets_what_comes_out_right(
    tmp_path: Path, text: str, place: tuple[int, int], middle: str, *, snippets: bool
) -> None:
    can = capabilities(inline=False)
    item = can.text_document and can.text_document.completion and can.text_document.completion.completion_item
    assert item
    item.insert_text_mode_support = types.ClientCompletionItemInsertTextModeOptions(
        [types.InsertTextMode.AdjustIndentation]
    )
    item.snippet_support = snippets
    async with editing(tmp_path, {"default": {"middle": f"{middle}\n"}}, can=can) as editor:
        (found,) = await complete(editor, editor.open("a.py", text), *place)
        line, character = place
        lines = text.split("\n")
        lines[line] = lines[line][:character] + middle
        assert inserted(text, found) == "\n".join(lines)
        # Each line of a snippet is indented like the first one; plain text may be typed, line after line.
        assert (found.insert_text_format == types.InsertTextFormat.Snippet) is snippets
