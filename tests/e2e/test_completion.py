"""`textDocument/completion`: the fallback."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from support.editor import capabilities, editing, within

ANSWERS = [
    {"prefix_ends_with": "return first", "middle": " + second"},
    {"prefix_ends_with": "def block():\n    ", "middle": "first = 1\n    return first\n"},
    {"prefix_ends_with": "math.sq", "middle": "rt(2)"},
]


async def test_the_suggestion_is_an_item(tmp_path: Path) -> None:
    async with editing(
        tmp_path, {"answers": ANSWERS, "default": {"middle": ""}}, can=capabilities(inline=False)
    ) as editor:

        async def complete(uri: str, line: int, character: int) -> list[types.CompletionItem]:
            params = types.CompletionParams(types.TextDocumentIdentifier(uri), types.Position(line, character))
            result = await within(editor.client.text_document_completion_async(params))
            assert isinstance(result, types.CompletionList)
            assert result.is_incomplete
            return list(result.items)

        (item,) = await complete(editor.open("sum.py", "def add(first, second):\n    return first"), 1, 16)
        assert isinstance(item.text_edit, types.TextEdit)
        # Editors filter by what stands between the edit's start and the cursor: the edit takes the word in.
        assert item.text_edit.new_text == item.filter_text == item.label == "first + second"
        assert item.text_edit.range == types.Range(types.Position(1, 11), types.Position(1, 16))
        assert (item.detail, item.preselect) == ("Mendline", None)
        assert item.insert_text_format == types.InsertTextFormat.PlainText
        assert item.command is not None

        (block,) = await complete(editor.open("block.py", "def block():\n    \n"), 1, 4)
        assert block.label == "first = 1"
        assert isinstance(block.text_edit, types.TextEdit)
        assert block.text_edit.new_text == "first = 1\n    return first"
        # Or an editor that adjusts indentation would indent the second line twice.
        assert block.insert_text_mode == types.InsertTextMode.AsIs
        assert isinstance(block.documentation, types.MarkupContent)
        assert block.documentation.value == "```python\nfirst = 1\n    return first\n```"

        assert await complete(editor.open("empty.py", ""), 0, 0) == []
        assert await complete(editor.uri("never-opened.py"), 0, 0) == []
