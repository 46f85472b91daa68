"""A second text, asked for in words: when, how its answer is read, and which of the two is shown."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import ChatRequest, Chunk, EngineInfo, FillRequest, Role
from mendline.features.completion import Trigger, complete
from mendline.settings.model import CompletionSettings, Settings
from support.cursor_text import snapshot_at

DRAWN = "def f(x):\n    y = 0\nˇ    return y\n"
UNSURE = Answer.of("    y = x\n", logprob=-0.4)


def answering(filled: Answer, told: Answer) -> FakeEngine:
    def choose(request: Request) -> Answer:
        return told if isinstance(request, ChatRequest) else filled

    return FakeEngine(choose)


async def shown(drawn: str, filled: Answer, told: Answer) -> list[str]:
    snapshot, offset = snapshot_at(drawn)
    engine = answering(filled, told)
    outcome = await complete(
        snapshot, offset, Trigger.INVOKED, engine, Settings(completion=CompletionSettings(candidates=1))
    )
    return [suggestion.text for suggestion in outcome.suggestions]


@pytest.mark.parametrize(
    ("drawn", "answer", "expected"),
    [
        # It comes to the line that follows: there it ends.
        (DRAWN, "    y = 2 * x\n    return y\n```", ["    y = 2 * x\n", "    y = x\n"]),
        # It ends the file before, or writes another one.
        (DRAWN, "    y = 2 * x\n```", ["    y = x\n"]),
        (DRAWN, "    y = 2 * x\n    return 2\n", ["    y = x\n"]),
        # It writes the indentation that stands before the cursor, or begins otherwise.
        ("def f(x):\n    ˇ\n    return y\n", "    y = 2 * x\n    return y\n", ["y = 2 * x", "y = x"]),
        ("def f(x):\n    ˇ\n    return y\n", "y = 2 * x\n    return y\n", ["y = x"]),
        # Nothing follows: the end of the file ends it.
        ("def f(x):\n    ˇ", "    return 2 * x\n```\nThis doubles.", ["return 2 * x", "y = x"]),
        ("def f(x):\n    ˇ", "    return 2 * x", ["return 2 * x", "y = x"]),
        # It is judged like any other.
        (DRAWN, "    y = (2 * x\n    return y\n", ["    y = x\n"]),
    ],
)
async def test_what_the_answer_means(drawn: str, answer: str, expected: list[str]) -> None:
    filled = UNSURE if drawn is DRAWN else Answer.of("y = x\n", logprob=-0.4)
    assert await shown(drawn, filled, Answer.of(answer, logprob=-0.1)) == expected


async def test_the_model_is_asked_which_it_is_surer_of() -> None:
    told = Answer.of("    y = 2 * x\n    return y\n", logprob=-0.6)
    assert await shown(DRAWN, UNSURE, told) == ["    y = x\n", "    y = 2 * x\n"]


async def test_the_model_is_told_what_the_rest_of_the_function_needs() -> None:
    drawn = "def f(x):\n    y = 0\nˇ    return y + low\n"
    snapshot, offset = snapshot_at(drawn)
    engine = answering(
        Answer.of("    y = x\n", logprob=-0.01), Answer.of("    low = x\n    return y + low\n", logprob=-0.6)
    )
    settings = Settings(completion=CompletionSettings(candidates=1))
    outcome = await complete(snapshot, offset, Trigger.INVOKED, engine, settings, omit=("beginning",))
    (chat,) = [request for request in engine.requests if isinstance(request, ChatRequest)]
    assert "It has to define low." in chat.messages[1].content
    # However sure the model is of the other one.
    assert [suggestion.text for suggestion in outcome.suggestions] == ["    low = x\n", "    y = x\n"]


async def test_an_engine_that_takes_no_chat_spoils_nothing() -> None:
    assert await shown(DRAWN, UNSURE, Answer(error=EngineDied("gone"))) == ["    y = x\n"]


SURE = Answer.of("    y = x\n", logprob=-0.01)
GPU = EngineInfo("m", layers=29, gpu_layers=29)


@pytest.mark.parametrize(
    ("drawn", "filled", "trigger", "instructed", "info", "asked"),
    [
        (DRAWN, UNSURE, Trigger.INVOKED, "auto", None, True),
        (DRAWN, SURE, Trigger.INVOKED, "auto", None, False),
        (DRAWN, UNSURE, Trigger.AUTOMATIC, "auto", None, False),
        (DRAWN, UNSURE, Trigger.INVOKED, "off", None, False),
        # Within a line, or at the start of a file, there is nothing to begin the answer with.
        ("y = 1\nx = ˇ\n", Answer.of("y\n", logprob=-0.4), Trigger.INVOKED, "auto", None, False),
        ("ˇ\nx = 1\n", Answer.of("y = 1\n", logprob=-0.4), Trigger.INVOKED, "auto", None, False),
        # Names that exist nowhere make a text unsure.
        (DRAWN, Answer.of("    y = total\n", logprob=-0.01), Trigger.INVOKED, "auto", None, True),
    ],
)
async def test_when_it_is_asked(
    drawn: str, filled: Answer, trigger: Trigger, instructed: str, info: EngineInfo | None, asked: bool
) -> None:
    snapshot, offset = snapshot_at(drawn)
    engine = answering(filled, Answer.of("    y = 2\n    return y\n"))
    settings = Settings(completion=CompletionSettings(instructed=instructed, candidates=1))
    await complete(snapshot, offset, trigger, engine, settings, info=info)
    assert any(isinstance(request, ChatRequest) for request in engine.requests) is asked


@pytest.mark.parametrize("info", [None, GPU])
async def test_long_files_are_shown_in_part(info: EngineInfo | None) -> None:
    lines = "".join(f"value_{number} = compute({number}) + offset\n" for number in range(400))
    snapshot, offset = snapshot_at(f"{lines}def f(x):\n    y = 0\nˇ    return y\n{lines}")
    engine = answering(UNSURE, Answer.of("    y = 2 * x\n    return y\n"))
    await complete(snapshot, offset, Trigger.INVOKED, engine, Settings(), info=info)
    (chat,) = [request for request in engine.requests if isinstance(request, ChatRequest)]
    assert sum(len(message.content) for message in chat.messages) < 4_500
    begun = chat.messages[-1]
    assert begun.role is Role.ASSISTANT
    assert begun.content.startswith("```python\nvalue_")
    assert begun.content.endswith("def f(x):\n    y = 0\n")


@pytest.mark.parametrize(("seconds_a_token", "asked"), [(0.01, True), (0.5, False)])
async def test_a_slow_machine_is_not_asked_for_what_would_come_too_late(seconds_a_token: float, asked: bool) -> None:
    now = 0.0

    def choose(request: Request) -> Answer:
        return UNSURE

    class Slow(FakeEngine):
        async def fill(self, request: FillRequest) -> AsyncGenerator[Chunk, None]:  # type: ignore[override]
            nonlocal now
            async for chunk in super().fill(request):
                yield chunk
                now += seconds_a_token

    snapshot, offset = snapshot_at(DRAWN)
    engine = Slow(choose)
    settings = Settings(completion=CompletionSettings(candidates=1))
    await complete(snapshot, offset, Trigger.INVOKED, engine, settings, clock=lambda: now)
    assert any(isinstance(request, ChatRequest) for request in engine.requests) is asked
