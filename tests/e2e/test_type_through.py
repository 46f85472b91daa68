"""What is typed, taken over or accepted of a suggestion, over the pipes."""

from __future__ import annotations

from pathlib import Path

from lsprotocol import types

from support.editor import AUTOMATIC, Editor, editing, records, until

ANSWERS = [
    {"prefix_ends_with": "x = first", "middle": " + second"},
    {"prefix_ends_with": "x = ", "middle": "first"},
    {"prefix_ends_with": "print", "middle": "('😀', x)"},
]


async def test_typing_the_suggestion_costs_nothing(tmp_path: Path) -> None:
    record = tmp_path / "record"
    async with editing(tmp_path, {"answers": ANSWERS, "record": str(record)}) as editor:
        uri = editor.open("a.py", "x = 1\nprint\n")
        (item,) = await editor.inline(uri, 1, 5, AUTOMATIC)
        assert item.insert_text == "('😀', x)"
        # The editor closes the bracket and the quote.
        editor.change(uri, 2, ((1, 5), (1, 5), "()"))
        editor.change(uri, 3, ((1, 6), (1, 6), "''"))
        (item,) = await editor.inline(uri, 1, 7, AUTOMATIC)
        assert (item.insert_text, item.range) == ("😀', x)", _range((1, 7), (1, 9)))
        editor.change(uri, 4, ((1, 7), (1, 7), "😀"))
        (item,) = await editor.inline(uri, 1, 9, AUTOMATIC)
        assert (item.insert_text, item.range) == ("', x)", _range((1, 9), (1, 11)))
        # Back again by undo.
        editor.change(uri, 5, ((1, 5), (1, 11), ""))
        (item,) = await editor.inline(uri, 1, 5, AUTOMATIC)
        assert item.insert_text == "('😀', x)"
        assert len(_starts(record)) == 1
        editor.change(uri, 6, ((0, 5), (0, 5), "0"))
        await editor.inline(uri, 1, 5, AUTOMATIC)
        assert len(_starts(record)) == 2


async def test_after_an_acceptance_the_next_suggestion_is_there(tmp_path: Path) -> None:
    record = tmp_path / "record"
    async with editing(tmp_path, {"answers": ANSWERS, "record": str(record)}) as editor:
        uri = editor.open("a.py", "x = \n")
        await editor.status("ready")
        (item,) = await editor.inline(uri, 0, 4, AUTOMATIC)
        editor.notify("mendline/didShow", {"item": {"command": {"arguments": _arguments(item)}}})
        editor.change(uri, 2, ((0, 4), (0, 4), item.insert_text if isinstance(item.insert_text, str) else ""))
        await editor.run("mendline.didAccept", *_arguments(item))
        await until(lambda: len(_starts(record)) == 2)
        (following,) = await editor.inline(uri, 0, 9, AUTOMATIC)
        assert following.insert_text == " + second"
        assert len(_starts(record)) == 2
        assert (await _explained(editor, uri))["source"] == "ahead"


def _range(start: tuple[int, int], end: tuple[int, int]) -> types.Range:
    return types.Range(types.Position(*start), types.Position(*end))


def _starts(record: Path) -> list[str]:
    return [each["prefix_end"] for each in records(record) if each["event"] == "start"]


def _arguments(item: types.InlineCompletionItem) -> list[str]:
    assert item.command is not None
    return list(item.command.arguments or ())


async def _explained(editor: Editor, uri: str) -> dict[str, object]:
    told: dict[str, object] = await editor.ask("mendline/explain", {"textDocument": {"uri": uri}})
    return told
