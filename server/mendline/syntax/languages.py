"""The languages Mendline knows by name. Any other still gets suggestions, without what needs a grammar."""

from __future__ import annotations

import enum
from pathlib import PurePath
from typing import Final

from attrs import frozen


class Blocks(enum.Enum):
    """How a language shows that lines belong together."""

    INDENT = "indent"
    BRACES = "braces"
    END = "end"
    TAGS = "tags"
    NONE = "none"


@frozen
class Grammar:
    """Where a tree-sitter grammar comes from: a wheel, and the function in it that hands out the grammar."""

    package: str
    function: str = "language"

    @property
    def module(self) -> str:
        """The wheel's import name."""
        return self.package.replace("-", "_")


@frozen
class Language:
    """A language as editors and grammars know it.

    Attributes:
        id: LSP's `languageId`.
        name: as its users write it.
        extensions: file name endings, lower case with the dot; the first language to name one owns it.
        grammar: where its grammar is; it may be missing at run time (see `syntax.grammars`).
        blocks: what marks a block.
        line_comment: what begins a comment to the end of the line, if the language has such comments.
        block_comment: what begins and ends a comment within a line or over several.
    """

    id: str
    name: str
    extensions: tuple[str, ...]
    grammar: Grammar
    blocks: Blocks
    line_comment: str | None = None
    block_comment: tuple[str, str] | None = None


_C_COMMENT: Final = ("/*", "*/")
_MARKUP_COMMENT: Final = ("<!--", "-->")
_JAVASCRIPT: Final = Grammar("tree-sitter-javascript")
_JSON: Final = Grammar("tree-sitter-json")

# fmt: off
LANGUAGES: Final = (
    Language("python", "Python", (".py", ".pyi", ".pyw"), Grammar("tree-sitter-python"), Blocks.INDENT, "#"),
    Language("javascript", "JavaScript", (".js", ".mjs", ".cjs"), _JAVASCRIPT, Blocks.BRACES, "//", _C_COMMENT),
    Language("javascriptreact", "JavaScript JSX", (".jsx",), _JAVASCRIPT, Blocks.BRACES, "//", _C_COMMENT),
    Language("typescript", "TypeScript", (".ts", ".mts", ".cts"),
             Grammar("tree-sitter-typescript", "language_typescript"), Blocks.BRACES, "//", _C_COMMENT),
    Language("typescriptreact", "TypeScript JSX", (".tsx",),
             Grammar("tree-sitter-typescript", "language_tsx"), Blocks.BRACES, "//", _C_COMMENT),
    Language("rust", "Rust", (".rs",), Grammar("tree-sitter-rust"), Blocks.BRACES, "//", _C_COMMENT),
    Language("go", "Go", (".go",), Grammar("tree-sitter-go"), Blocks.BRACES, "//", _C_COMMENT),
    Language("c", "C", (".c", ".h"), Grammar("tree-sitter-c"), Blocks.BRACES, "//", _C_COMMENT),
    Language("cpp", "C++", (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".ipp"),
             Grammar("tree-sitter-cpp"), Blocks.BRACES, "//", _C_COMMENT),
    Language("java", "Java", (".java",), Grammar("tree-sitter-java"), Blocks.BRACES, "//", _C_COMMENT),
    Language("csharp", "C#", (".cs", ".csx"), Grammar("tree-sitter-c-sharp"), Blocks.BRACES, "//", _C_COMMENT),
    Language("ruby", "Ruby", (".rb", ".rake", ".gemspec"), Grammar("tree-sitter-ruby"), Blocks.END, "#",
             ("=begin", "=end")),
    # The grammar that knows text outside of `<?php … ?>`; the wheel's other one is for snippets without the tag.
    Language("php", "PHP", (".php", ".phtml"), Grammar("tree-sitter-php", "language_php"), Blocks.BRACES, "//",
             _C_COMMENT),
    Language("shellscript", "Bash", (".sh", ".bash", ".bashrc", ".ksh"), Grammar("tree-sitter-bash"), Blocks.END, "#"),
    Language("lua", "Lua", (".lua",), Grammar("tree-sitter-lua"), Blocks.END, "--", ("--[[", "]]")),
    Language("kotlin", "Kotlin", (".kt", ".kts"), Grammar("tree-sitter-kotlin"), Blocks.BRACES, "//", _C_COMMENT),
    Language("html", "HTML", (".html", ".htm", ".xhtml"), Grammar("tree-sitter-html"), Blocks.TAGS, None,
             _MARKUP_COMMENT),
    Language("css", "CSS", (".css",), Grammar("tree-sitter-css"), Blocks.BRACES, None, _C_COMMENT),
    Language("json", "JSON", (".json", ".geojson", ".webmanifest"), _JSON, Blocks.BRACES),
    Language("jsonc", "JSON with comments", (".jsonc", ".code-workspace"), _JSON, Blocks.BRACES, "//", _C_COMMENT),
    Language("yaml", "YAML", (".yaml", ".yml"), Grammar("tree-sitter-yaml"), Blocks.INDENT, "#"),
    Language("toml", "TOML", (".toml",), Grammar("tree-sitter-toml"), Blocks.NONE, "#"),
    # The block grammar; the wheel's second one, for what is within a paragraph, finds nothing that Mendline uses.
    Language("markdown", "Markdown", (".md", ".markdown"), Grammar("tree-sitter-markdown"), Blocks.NONE, None,
             _MARKUP_COMMENT),
    Language("sql", "SQL", (".sql",), Grammar("tree-sitter-sql"), Blocks.NONE, "--", _C_COMMENT),
)
# fmt: on

# What editors send for the same languages besides the ids that the LSP specification lists.
_ALIASES: Final = {
    "bash": "shellscript",
    "sh": "shellscript",
    "zsh": "shellscript",
    "py": "python",
    "c++": "cpp",
    "cs": "csharp",
    "c_sharp": "csharp",
    "js": "javascript",
    "ts": "typescript",
    "jsx": "javascriptreact",
    "javascript.jsx": "javascriptreact",
    "tsx": "typescriptreact",
    "typescript.tsx": "typescriptreact",
    "yml": "yaml",
    "json5": "jsonc",
}
_BY_ID: Final = {language.id: language for language in LANGUAGES}
_BY_EXTENSION: Final = {extension: language for language in reversed(LANGUAGES) for extension in language.extensions}


def language_of(language_id: str, path: str = "") -> Language | None:
    """The language of a document: by what the client calls it, else by its file name's ending, else None."""
    key = language_id.lower()
    known = _BY_ID.get(key) or _BY_ID.get(_ALIASES.get(key, ""))
    if known is not None:
        return known
    name = PurePath(path.replace("\\", "/"))
    return _BY_EXTENSION.get((name.suffix or name.name).lower())
