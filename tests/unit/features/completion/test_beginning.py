"""Texts that are begun for the model with a name that the code below needs."""

from __future__ import annotations

import pytest

from mendline.engine.errors import EngineDied
from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import FillRequest
from mendline.features.completion import Outcome, Trigger, complete
from mendline.settings.model import CompletionSettings, Settings
from support.cursor_text import CURSOR, snapshot_at

AUTOMATIC, INVOKED = Trigger.AUTOMATIC, Trigger.INVOKED
SETTINGS = Settings(completion=CompletionSettings(candidates=1, instructed="off", show_threshold=0.0))


def prefixes(engine: FakeEngine) -> list[str]:
    return [request.prefix for request in engine.requests if isinstance(request, FillRequest)]


async def asked(drawn: str, language_id: str = "python", trigger: Trigger = AUTOMATIC) -> str:
    """What stands behind the cursor in the first request."""
    snapshot, offset = snapshot_at(drawn, language_id)
    engine = FakeEngine(default=" 1\n")
    await complete(snapshot, offset, trigger, engine, SETTINGS)
    return prefixes(engine)[0].removeprefix(drawn.partition(CURSOR)[0])


@pytest.mark.parametrize(
    ("language_id", "drawn", "begun"),
    [
        ("python", "def f(x):\n    ˇ\n    return total + x\n", "total ="),
        ("python", "def f(x):\n    if x:\n        ˇ\n    return total + x\n", "total ="),
        # The first of several, in the order of the code.
        ("python", "def f(x):\n    ˇ\n    return first(total) + second\n", ""),
        ("python", "def f(x):\n    ˇ\n    return low + high\n", "low ="),
        # The margin is written, too, where the line has none.
        ("python", "def f(x):\nˇ    return total + x\n", "    total ="),
        ("python", "def f(x):\n    y = 1\nˇ\n    return total + x\n", "    total ="),
        ("python", "def f(x):\n\ty = 1\nˇ\n\treturn total + x\n", "\ttotal ="),
        # Nothing is missing: bound above, below, elsewhere, or of the language.
        ("python", "def f(x):\n    total = 1\n    ˇ\n    return total + x\n", ""),
        ("python", "def f(x):\n    ˇ\n    total = x\n    return total\n", ""),
        ("python", "total = 1\ndef f(x):\n    ˇ\n    return total + len(x)\n", ""),
        # At the top of a file, and where nothing follows.
        ("python", "ˇ\nprint(total)\n", ""),
        ("python", "def f(x):\n    return total\n    ˇ\n", ""),
        # Above a body, which asks for a header, and where the level can't be told.
        ("python", "def f(x):\n    ˇ\n        print(total)\n", ""),
        ("python", "def f(x):\n    if x:\nˇ\n    return total\n", ""),
        ("python", "def f(x):\n    if x:\n        y = 1\nˇ\n    return total\n", ""),
        # On a line that has something already.
        ("python", "def f(x):\n    y = ˇ\n    return total\n", ""),
        # A module that is to be imported, further up.
        ("python", "def f(x):\n    ˇ\n    return math.sqrt(x)\n", ""),
        ("python", "def f(x):\n    ˇ\n    return np.sqrt(x)\n", ""),
        ("python", "def f(x):\n    ˇ\n    return math.sqrt(total)\n", "total ="),
        ("python", "def f(x):\n    ˇ\n    return total.real\n", "total ="),
        ("typescript", "import a from 'a';\nfunction f(x: number) {\n  ˇ\n  return total + x;\n}\n", "const total ="),
        ("javascript", "import a from 'a';\nfunction f(x) {\n  ˇ\n  total += x;\n  return total;\n}\n", "let total ="),
        ("javascript", "import a from 'a';\nfunction f(x) {\n  ˇ\n  return total === x;\n}\n", "const total ="),
        ("javascript", "import a from 'a';\nfunction f(x) {\n  ˇ\n  return path.join(x);\n}\n", ""),
        ("go", "func f(x int) int {\n\tˇ\n\treturn total + x\n}\n", ""),
    ],
)
async def test_what_is_begun_while_typing(language_id: str, drawn: str, begun: str) -> None:
    assert await asked(drawn, language_id) == begun


async def answered(drawn: str, trigger: Trigger, begun: Answer, plain: Answer) -> tuple[Outcome, list[str]]:
    head = drawn.partition(CURSOR)[0]

    def choose(request: Request) -> Answer:
        assert isinstance(request, FillRequest)
        return plain if request.prefix == head else begun

    snapshot, offset = snapshot_at(drawn)
    engine = FakeEngine(choose)
    outcome = await complete(snapshot, offset, trigger, engine, SETTINGS)
    return outcome, [prefix.removeprefix(head) for prefix in prefixes(engine)]


DRAWN = "def f(x):\n    ˇ\n    return total + x\n"
GOOD = Answer.of(" 2 * x\n", logprob=-0.2)
BAD = Answer.of(" )(\n")


@pytest.mark.parametrize(
    ("trigger", "begun", "plain", "shown", "requests"),
    [
        (AUTOMATIC, GOOD, Answer.of("y = x\n"), ["total = 2 * x"], ["total ="]),
        # Nothing can be made of it: the model's own text.
        (AUTOMATIC, BAD, Answer.of("y = x\n"), ["y = x"], ["total =", ""]),
        (AUTOMATIC, Answer.of(""), Answer.of("y = x\n"), ["y = x"], ["total =", ""]),
        # Who asks gets it where the model doesn't define the name by itself.
        (INVOKED, GOOD, Answer.of("total = x\n"), ["total = x"], [""]),
        (INVOKED, GOOD, Answer.of("y = x\n"), ["total = 2 * x", "y = x"], ["", "total ="]),
        (INVOKED, BAD, Answer.of("y = x\n"), ["y = x"], ["", "total ="]),
        (INVOKED, Answer(error=EngineDied("gone")), Answer.of("y = x\n"), ["y = x"], ["", "total ="]),
    ],
)
async def test_what_is_shown(
    trigger: Trigger, begun: Answer, plain: Answer, shown: list[str], requests: list[str]
) -> None:
    outcome, made = await answered(DRAWN, trigger, begun, plain)
    assert [each.text for each in outcome.suggestions] == shown
    assert made == requests


async def test_it_is_as_sure_as_the_model_is_of_the_rest() -> None:
    outcome, _ = await answered(DRAWN, AUTOMATIC, GOOD, BAD)
    assert outcome.suggestions[0].confidence == pytest.approx(0.8187, abs=1e-3)


async def test_a_function_that_is_called_below_is_begun_for_who_asks() -> None:
    drawn = "def f(x):\n    ˇ\n    return [twice(each) for each in x]\n"
    outcome, made = await answered(drawn, INVOKED, Answer.of("y):\n        return 2 * y\n"), Answer.of("y = x\n"))
    assert made == ["", "def twice("]
    assert outcome.suggestions[0].text == "def twice(y):\n        return 2 * y"
