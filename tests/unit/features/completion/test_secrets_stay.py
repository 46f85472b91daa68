"""Secrets in ordinary files never reach a prompt, nor a log at the default level."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from mendline.context.piece import Piece
from mendline.context.related import NOTHING, Related
from mendline.context.surroundings import Surroundings
from mendline.engine.fake import FakeEngine
from mendline.engine.protocol import ChatRequest, EngineInfo, FillRequest
from mendline.features.completion import Prefilled, RejectReason, Trigger, complete, unwarmed
from mendline.settings.model import Settings
from mendline.telemetry import logs
from mendline.workspace.history import RecentEdit
from support.cursor_text import CURSOR, snapshot_at
from support.fixed_index import FixedIndex
from support.packages import draw
from support.packages import related as gathered
from support.planted_secrets import PLANTED, pieces_of

GPU = EngineInfo(model="m", context_tokens=8192, can_splice=True, layers=29, gpu_layers=29)


def texts_of(request: FillRequest | ChatRequest) -> str:
    if isinstance(request, ChatRequest):
        return "\0".join(message.content for message in request.messages)
    pieces = [request.prefix + request.suffix, request.path]
    return "\0".join((*pieces, *(f"{chunk.path}\0{chunk.text}" for chunk in request.context)))


def leaks(text: str, secret: str) -> bool:
    return any(piece in text for piece in pieces_of(secret))


def around(line: str) -> str:
    return f"a = 1\n{line}\nb = {CURSOR}\n{line}\n"


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("where", ["file", "cursor", "cell", "related", "far"])
async def test_no_prompt_has_a_planted_secret(kind: str, where: str, capsys: pytest.CaptureFixture[str]) -> None:
    line, secret = PLANTED[kind]
    middle = line.index(secret) + len(secret) // 2
    drawn = {
        "file": around(line),
        "cursor": f"a = 1\n{line[:middle]}{CURSOR}{line[middle:]}\nb = 2\n",
        "far": "x = 1\n" * 8000 + around(line) + "x = 1\n" * 8000,
    }.get(where, f"b = {CURSOR}\n")
    cells = (line,) if where == "cell" else ()
    related = Related("app.py", (("imports", (Piece("lib.py", line, 0),)),)) if where == "related" else NOTHING
    snapshot, offset = snapshot_at(drawn, path="/home/u/app.py", cells_before=cells)
    engine = FakeEngine(default="2")
    log = io.StringIO()
    logs.configure(stream=log)
    ahead = unwarmed(snapshot, offset, Settings(), GPU, Prefilled(), related=related)
    outcome = await complete(snapshot, offset, Trigger.INVOKED, engine, Settings(), info=GPU, related=related)
    assert not any(leaks(section.text, secret) for section in outcome.sections)
    request, *others = engine.requests
    assert isinstance(request, FillRequest)
    assert ahead
    assert others  # more candidates, from the same prompt
    assert not any(leaks(texts_of(each), secret) for each in (request, *others, *ahead))
    # What is masked is there, and not left out.
    assert line[: min(line.index(secret), 4)] in texts_of(request)
    captured = capsys.readouterr()
    assert not leaks(log.getvalue() + captured.out + captured.err + repr(outcome.reasons), secret)


async def test_a_key_that_is_longer_than_the_window_stays_masked() -> None:
    """Its markers are out of the model's sight: only the document tells that this is a key."""
    lines = "".join(f"MIIE{number:04}aB3dE5gH7jK9mN2pQ4rS6tU8vW1xY3zA5bC7dE9fG1hI3jK5lM\n" for number in range(120))
    key = f"-----BEGIN PRIVATE KEY-----\n{lines}{CURSOR}\n{lines}-----END PRIVATE KEY-----\n"
    snapshot, offset = snapshot_at(key, path="/home/u/notes.txt", language_id="plaintext")
    engine = FakeEngine(default="2")
    await complete(snapshot, offset, Trigger.INVOKED, engine, Settings())
    request = engine.requests[0]
    assert isinstance(request, FillRequest)
    assert "BEGIN" not in request.prefix
    assert "XXXX" in request.prefix
    assert "aB3dE5gH" not in request.prefix + request.suffix


REPEATED = [kind for kind in PLANTED if kind not in {"private key", "Twilio id"}]


@pytest.mark.parametrize("kind", REPEATED)
async def test_what_the_model_repeats_of_a_masked_secret_is_not_shown(kind: str) -> None:
    line, _ = PLANTED[kind]
    snapshot, offset = snapshot_at(f"a = 1\n{line}\nb = 2\n{CURSOR}\n", path="/home/u/app.py")

    def repeat(request: FillRequest | ChatRequest) -> str:
        seen = request.prefix if isinstance(request, FillRequest) else request.messages[-1].content.partition("\n")[2]
        return seen.split("\n")[1] + "\n"

    parrot = FakeEngine(repeat)
    outcome = await complete(snapshot, offset, Trigger.INVOKED, parrot, Settings())
    assert [each.reason for each in outcome.reasons] == [RejectReason.MASKED_SECRET]
    assert not outcome.suggestions


async def test_a_secret_below_the_cursor_is_known_as_repeated() -> None:
    """The rules compare what the model wrote with what it saw."""
    snapshot, offset = snapshot_at(f'a = 1\n{CURSOR}\npassword = "hunter2"\n')
    engine = FakeEngine(default='c = 3\npassword = "xxxxxx0"\n')
    outcome = await complete(snapshot, offset, Trigger.INVOKED, engine, Settings())
    assert [each.text for each in outcome.suggestions] == ["c = 3"]


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("source", ["notes", "edits", "openFiles", "usages"])
async def test_no_source_of_related_code_brings_a_secret_in(kind: str, source: str, tmp_path: Path) -> None:
    line, secret = PLANTED[kind]
    value = line.replace('"', "'").replace("\n", "\\n")
    other, _ = snapshot_at(f'def used(key="{value}"): ...\n{CURSOR}', path=str(tmp_path / "other.py"))
    caller, _ = snapshot_at(f'used("{value}")\n{CURSOR}', path=str(tmp_path / "other.py"))
    surroundings = {
        "notes": Surroundings(folders=(tmp_path,)),
        "edits": Surroundings(folders=(tmp_path,), edits=(RecentEdit("file:///b.py", "/b.py", 0, "a = 1", line),)),
        "openFiles": Surroundings(folders=(tmp_path,), open=(other,)),
        "usages": Surroundings(folders=(tmp_path,), open=(caller,), indexes=((tmp_path, FixedIndex()),)),
    }[source]
    notes = f"--- AGENTS.md\n{line}\n" if source == "notes" else ""
    drawn = (
        f"{notes}--- lib.py\ndef used(): ...\n--- app.py\nfrom lib import used\ndef f():\n    used()\n    {CURSOR}\n"
    )
    found = gathered(tmp_path, drawn, surroundings)
    assert leaks(repr(found).replace("\\n", "\n"), secret)
    snapshot, offset = draw(tmp_path, drawn)
    engine = FakeEngine(default="2")
    await complete(snapshot, offset, Trigger.INVOKED, engine, Settings(), info=GPU, related=found)
    assert engine.requests
    for request in engine.requests:
        assert isinstance(request, ChatRequest) or request.context
        assert not leaks(texts_of(request), secret)
