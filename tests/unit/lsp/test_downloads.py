"""Downloads as an editor sees them: status, progress bar, cancelling, and the model in use afterwards."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from mendline.engine.errors import DownloadFailed, ModelMissing
from mendline.engine.fake import FakeEngine
from mendline.engine.models.progress import DownloadCancelled, Phase, Progress
from mendline.engine.protocol import EngineInfo
from support.in_process import NEVER, FakeModels, InProcess, in_process

MODEL = "some-model"


class MissingAtFirst(FakeEngine):
    """An engine whose model has to be fetched first."""

    def __init__(self, models: FakeModels) -> None:
        super().__init__()
        self._models = models

    async def info(self) -> EngineInfo:
        if not self._models.wanted:
            raise ModelMissing("it is not here", model=MODEL)
        return await super().info()


def states(server: InProcess) -> list[str]:
    return [each["state"] for each in server.notifications("mendline/status")]


def bar(server: InProcess) -> list[dict[str, Any]]:
    return [each["value"] for each in server.notifications("$/progress")]


def opened(server: InProcess) -> None:
    item = {"uri": "file:///a.py", "languageId": "python", "version": 1, "text": ""}
    server.notify("textDocument/didOpen", {"textDocument": item})


async def test_from_missing_to_ready() -> None:
    models = FakeModels(steps=[Progress(0, 200, phase=Phase.CONNECTING), Progress(100, 200), Progress(200, 200)])
    server = await in_process(MissingAtFirst(models), models)
    opened(server)
    await server.until(lambda: "missing-model" in states(server))
    status = server.notifications("mendline/status")[-1]
    assert status["command"] == {
        "title": f"Download {MODEL}",
        "command": "mendline.downloadModel",
        "arguments": [MODEL],
    }
    command = {"command": status["command"]["command"], "arguments": status["command"]["arguments"]}
    assert await server.request("workspace/executeCommand", command) == {"ok": True, "message": ""}
    await server.until(lambda: states(server)[-1] == "ready")
    assert models.wanted == [MODEL]
    assert states(server)[0] == "off"
    assert "downloading" in states(server)
    told = [each["percent"] for each in server.notifications("mendline/status") if each["state"] == "downloading"]
    assert told == sorted(told)
    assert {50, 100} <= set(told)
    assert [each["kind"] for each in bar(server)][:1] == ["begin"]
    assert [each["kind"] for each in bar(server)][-1:] == ["end"]
    assert bar(server)[0]["cancellable"] is True


@pytest.mark.parametrize("error", [DownloadFailed("no network; connect and try again"), DownloadCancelled("stopped")])
async def test_a_failure_is_one_line(error: Exception) -> None:
    models = FakeModels(error=error)
    server = await in_process(models=models)
    result = await server.request("workspace/executeCommand", {"command": "mendline.downloadModel", "arguments": ["x"]})
    assert result == {"ok": False, "message": str(error)}
    assert [each["message"] for each in server.notifications("window/showMessage")] == [str(error)]
    assert bar(server)[-1] == {"kind": "end", "message": str(error)}
    assert states(server)[-1] != "downloading"


async def test_the_user_stops_it_at_the_bar() -> None:
    models = FakeModels(hold=threading.Event(), error=DownloadCancelled("stopped"))
    server = await in_process(models=models)
    running = asyncio.create_task(
        server.request("workspace/executeCommand", {"command": "mendline.downloadModel", "arguments": ["x"]})
    )
    await server.until(lambda: bar(server) and models.wanted)
    second = await server.request("workspace/executeCommand", {"command": "mendline.downloadModel"})
    assert "already" in second["message"]
    token = server.notifications("$/progress")[0]["token"]
    server.notify("window/workDoneProgress/cancel", {"token": token})
    assert (await running)["ok"] is False
    assert models.cancelled


async def test_an_editor_without_bars_gets_none() -> None:
    server = await in_process(
        models=FakeModels(steps=[Progress(1, 2)]), able={"textDocument": {"inlineCompletion": {}}}
    )
    result = await server.request("workspace/executeCommand", {"command": "mendline.downloadModel"})
    assert result["ok"] is True
    assert bar(server) == []


async def test_one_that_is_cancelled_before_its_bar_is_there_leaves_room_for_the_next() -> None:
    models = FakeModels()
    server = await in_process(models=models)
    server.answers["window/workDoneProgress/create"] = NEVER
    downloads = server.server.session.downloads
    first = asyncio.create_task(downloads.fetch("x"))
    await server.until(lambda: "downloading" in states(server))
    first.cancel()
    await asyncio.wait([first])
    assert first.cancelled()
    assert states(server)[-1] != "downloading"
    del server.answers["window/workDoneProgress/create"]
    assert await downloads.fetch("x") == ""
    assert models.wanted == ["x"]


async def test_a_bar_that_ended_stops_nothing_any_more() -> None:
    server = await in_process(models=FakeModels())
    session = server.server.session
    stopped: list[bool] = []
    ended = await session.bars.begin("one", lambda: stopped.append(True))
    ended.end("Done")
    session.bars.cancel(server.notifications("$/progress")[0]["token"])
    assert stopped == []


async def test_closing_stops_a_download() -> None:
    models = FakeModels(hold=threading.Event())
    server = await in_process(models=models)
    server.receive({"id": "x", "method": "workspace/executeCommand", "params": {"command": "mendline.downloadModel"}})
    await server.until(lambda: models.wanted)
    await server.server.aclose()
    await server.until(lambda: models.cancelled)
