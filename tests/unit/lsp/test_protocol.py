"""What the protocol does by itself, in front of the handlers."""

from __future__ import annotations

import logging

import pytest
from pygls.exceptions import JsonRpcMethodNotFound

from mendline.engine.fake import FakeEngine
from support.in_process import in_process


async def test_a_request_for_what_was_never_offered_is_refused_without_a_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = await in_process(FakeEngine())
    with caplog.at_level(logging.WARNING), pytest.raises(AssertionError, match=str(JsonRpcMethodNotFound.CODE)):
        await server.request("textDocument/documentSymbol", {"textDocument": {"uri": "file:///w/a.py"}})
    assert caplog.records == []
