"""What is told of code actions and lists, by what an editor can take."""

from __future__ import annotations

from typing import Any

import pytest

from support.in_process import in_process

LITERALS = {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}}
RESOLVES = {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}}
KINDS = ["quickfix", "source.fixAll.mendline"]


@pytest.mark.parametrize(
    ("action", "applies", "told"),
    [
        ({**LITERALS, **RESOLVES}, True, {"codeActionKinds": KINDS, "resolveProvider": True}),
        ({**LITERALS, **RESOLVES}, False, {"codeActionKinds": KINDS, "resolveProvider": True}),
        (LITERALS, True, {"codeActionKinds": KINDS}),
        (LITERALS, False, {"codeActionKinds": KINDS}),
        ({}, True, True),
        # Neither an edit nor a command could change anything.
        ({}, False, None),
    ],
)
async def test_code_actions(action: dict[str, Any], applies: bool, told: Any) -> None:
    able = {"textDocument": {"codeAction": action}, "workspace": {"applyEdit": applies}}
    server = await in_process(able=able)
    assert server.initialized.get("codeActionProvider") == told


@pytest.mark.parametrize(("able", "told"), [({}, True), ({"inlineCompletion": {}}, False)])
async def test_the_list_is_for_editors_without_ghost_text(able: dict[str, Any], told: bool) -> None:
    server = await in_process(able={"textDocument": able})
    assert ("completionProvider" in server.initialized) is told
