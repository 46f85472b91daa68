"""`textDocument/codeAction`: what could be offered, told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from support.editor import ACTIONS, Editor, capabilities, editing
from support.fixes import SHAPES, span, undefined

_WRONG = undefined(SHAPES, "are")
_BROKEN = "print((1, 2)\n"


async def test_another_servers_diagnostic_gets_a_quick_fix_without_an_edit_yet(editor: Editor) -> None:
    uri = editor.open("offered.py", SHAPES)
    (action,) = await editor.actions(uri, _WRONG.range, [_WRONG])
    assert action.title == "Fix with Mendline: Undefined name `are`"
    assert action.kind == types.CodeActionKind.QuickFix
    assert list(action.diagnostics) == [_WRONG]
    assert list(action.tags) == [types.CodeActionTag.LlmGenerated]
    assert (action.edit, action.command, action.is_preferred) == (None, None, None)
    assert action.data["version"] == 1


async def test_an_own_syntax_error_gets_one_too(editor: Editor) -> None:
    uri = editor.open("broken-offered.py", _BROKEN)
    (action,) = await editor.actions(uri, span(0, 0, 0, 0))
    assert action.title == 'Fix with Mendline: unclosed "("'
    assert action.diagnostics[0].source == "mendline"


@pytest.mark.parametrize(
    ("only", "kinds"),
    [
        (["quickfix"], ["quickfix", "quickfix"]),
        ([""], ["quickfix", "quickfix", "source.fixAll.mendline"]),
        (None, ["quickfix", "quickfix", "source.fixAll.mendline"]),
        (["source"], ["source.fixAll.mendline"]),
        (["source.fixAll"], ["source.fixAll.mendline"]),
        (["source.fixAll.mendline"], ["source.fixAll.mendline"]),
        (["source.fixAll.ruff"], []),
        (["refactor"], []),
        (["quick"], []),
    ],
)
async def test_only_what_is_asked_for(editor: Editor, only: list[str] | None, kinds: list[str]) -> None:
    uri = editor.open("only.py", SHAPES)
    other = undefined(SHAPES, "area")
    found = await editor.actions(uri, span(0, 0, 9, 0), [_WRONG, other], only)
    assert [getattr(each.kind, "value", each.kind) for each in found] == kinds


async def test_saving_waits_for_a_model_only_by_its_name(editor: Editor) -> None:
    uri = editor.open("saved.py", SHAPES)
    on_save = types.CodeActionTriggerKind.Automatic
    assert not await editor.actions(uri, _WRONG.range, [_WRONG], ["source.fixAll"], on_save)
    assert await editor.actions(uri, _WRONG.range, [_WRONG], ["source.fixAll.mendline"], on_save)


@pytest.mark.parametrize(
    ("able", "literal"),
    [
        (types.CodeActionClientCapabilities(), False),
        (types.CodeActionClientCapabilities(code_action_literal_support=ACTIONS.code_action_literal_support), True),
    ],
)
async def test_editors_that_resolve_nothing_get_a_command(
    tmp_path: Path, able: types.CodeActionClientCapabilities, literal: bool
) -> None:
    async with editing(tmp_path, can=capabilities(actions=able)) as editor:
        uri = editor.open("a.py", SHAPES)
        (action,) = await editor.plain_actions(uri, [_WRONG])
        assert action.get("kind") == ("quickfix" if literal else None)
        command = action["command"] if literal else action
        assert command["command"] == "mendline.fix"
        assert command["arguments"]
        assert "tags" not in action


@pytest.mark.parametrize(
    ("settings", "name"),
    [
        ({"repair": {"enabled": False}}, "a.py"),
        ({"privacy": {"exclude": ["a.py"]}}, "a.py"),
        ({}, ".env"),
    ],
)
async def test_nothing_is_offered_where_it_is_not_wanted(
    tmp_path: Path, settings: dict[str, object], name: str
) -> None:
    async with editing(tmp_path, options=settings) as editor:
        uri = editor.open(name, SHAPES)
        assert not await editor.actions(uri, _WRONG.range, [_WRONG])


async def test_what_is_not_open_is_left_alone(editor: Editor) -> None:
    assert not await editor.actions(editor.uri("not-open.py"), _WRONG.range, [_WRONG])


async def test_own_problems_are_silent_where_another_source_reports_them(tmp_path: Path) -> None:
    async with editing(tmp_path) as editor:
        uri = editor.open("twice.py", "x = 1\n" + _BROKEN)
        report = await editor.diagnose(uri)
        assert len(report.items) == 1  # type: ignore[union-attr]
        theirs = types.Diagnostic(
            span(1, 5, 1, 6), "'(' was never closed", types.DiagnosticSeverity.Error, source="Pylance"
        )
        (action,) = await editor.actions(uri, span(1, 5, 1, 6), [theirs])
        assert list(action.diagnostics) == [theirs]
        assert not (await editor.diagnose(uri)).items  # type: ignore[union-attr]
        # Another line changes: it stays so. The line itself does, or the other source is gone: it doesn't.
        editor.change(uri, 2, ((0, 4), (0, 5), "2"))
        assert not (await editor.diagnose(uri)).items  # type: ignore[union-attr]
        await editor.actions(uri, span(1, 5, 1, 6))
        assert (await editor.diagnose(uri)).items  # type: ignore[union-attr]


async def test_own_problems_can_be_switched_off(tmp_path: Path) -> None:
    async with editing(tmp_path, options={"diagnostics": {"enabled": False}}) as editor:
        uri = editor.open("off.py", _BROKEN)
        assert not (await editor.diagnose(uri)).items  # type: ignore[union-attr]
        assert not await editor.actions(uri, span(0, 0, 0, 0))
