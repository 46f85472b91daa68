"""The whole way, with a scripted engine and real trees."""

from __future__ import annotations

import asyncio
import math

import pytest

from mendline.engine.errors import EngineDied, EngineError, ModelMissing
from mendline.engine.fake import Answer, FakeEngine, Gate
from mendline.engine.protocol import FillRequest
from mendline.features.completion import Outcome, RejectReason, SelectedCompletion, Trigger, complete
from mendline.features.completion.filters import Candidate
from mendline.features.completion.gate import judge
from mendline.features.completion.outcome import Rejection
from mendline.features.completion.place import Place
from mendline.settings.model import CompletionSettings, PrivacySettings, Settings
from mendline.text.document import Range
from support.cursor_text import CURSOR, snapshot_at

AUTOMATIC, INVOKED = Trigger.AUTOMATIC, Trigger.INVOKED


async def outcome_of(
    drawn: str,
    answer: str | Answer,
    language_id: str = "python",
    *,
    trigger: Trigger = AUTOMATIC,
    path: str | None = None,
    cells_before: tuple[str, ...] = (),
    selected: SelectedCompletion | None = None,
    **completion: object,
) -> tuple[Outcome, FakeEngine]:
    snapshot, offset = snapshot_at(drawn, language_id, path=path, cells_before=cells_before)
    engine = FakeEngine(default=answer)
    # The drawn documents use names that are defined nowhere.
    completion.setdefault("show_threshold", 0.0)
    settings = Settings(completion=CompletionSettings(**completion))  # type: ignore[arg-type]
    return await complete(snapshot, offset, trigger, engine, settings, selected=selected), engine


def applied(drawn: str, outcome: Outcome) -> str:
    """The document with the suggestion in it."""
    text = drawn.replace(CURSOR, "", 1)
    (suggestion,) = outcome.suggestions
    return text[: suggestion.range.start] + suggestion.text + text[suggestion.range.end :]


def reason(outcome: Outcome) -> RejectReason:
    assert not outcome.suggestions
    (rejection,) = outcome.reasons
    assert rejection.detail
    return rejection.reason


@pytest.mark.parametrize(
    ("language_id", "drawn", "answer", "expected"),
    [
        ("python", "x = ˇ", "1\ny = 2\n", "x = 1"),
        (
            "python",
            "def f(x):\n    ˇ\n",
            "y = x\n    return y\n\n\ndef g():\n    pass",
            "def f(x):\n    y = x\n    return y\n",
        ),
        ("python", "print(ˇ)\n", '"a")\nprint("b")', 'print("a")\n'),
        ("python", "print(ˇ)\n", "a).b()\n", "print(a).b()\n"),
        ("python", "def f(ˇ):\n    return a\n", "a, b):\n", "def f(a, b):\n    return a\n"),
        ("python", "x = ˇ\nreturn_it(x)\n", "foo(\n    1,\n)\nreturn_it(x)\n", "x = foo(\n    1,\n)\nreturn_it(x)\n"),
        ("python", "\n# paths\nˇ", "import os\n\n", "\n# paths\nimport os"),
        # Between brackets that the editor has closed, the closing one gets the line that the model gave it.
        ("javascript", "foo(() => {ˇ});\n", "\n  return 1;\n});\nbar();\n", "foo(() => {\n  return 1;\n});\n"),
        # The model's line breaks become the document's.
        ("python", "def f(x):\r\n    ˇ\r\n", "y = x\n    return y\n", "def f(x):\r\n    y = x\r\n    return y\r\n"),
        (
            "typescript",
            "function f() {\r  ˇ\r}\r",
            "let y;\r\n  return y;\n}\n",
            "function f() {\r  let y;\r  return y;\r}\r",
        ),
        ("python", "if a:\n\tb()\n\tif c:\n\t\tˇ\n", "d()\n        e()\n", "if a:\n\tb()\n\tif c:\n\t\td()\n\t\te()\n"),
        ("typescript", "function f() {\n  ˇ\n}\n", "return 1;\n}\n", "function f() {\n  return 1;\n}\n"),
        ("typescript", "function f() {\n  ˇ\n", "return 1;\n}\n", "function f() {\n  return 1;\n}\n"),
        ("typescript", "const x = [ˇ];\n", "1, 2];\n", "const x = [1, 2];\n"),
        ("typescript", "xs.filter((x) => ˇ);\n", "x > 1);\n", "xs.filter((x) => x > 1);\n"),
        # Before a line of code: lines of their own above it.
        (
            "python",
            "def f(x, y):\nˇ    return y\n",
            "    y = x\n    return y\n",
            "def f(x, y):\n    y = x\n    return y\n",
        ),
        ("python", "def f(y):\n    ˇ+ y\n", "a = 1\n", "def f(y):\n    a = 1\n    + y\n"),
        # No grammar: shown all the same.
        ("cobol", "MOVE ˇ", "A TO B.\n", "MOVE A TO B."),
        ("python", "s = '😀' + ˇ\n", "'😀'\n", "s = '😀' + '😀'\n"),
    ],
)
async def test_the_document_that_results(language_id: str, drawn: str, answer: str, expected: str) -> None:
    outcome, _ = await outcome_of(drawn, answer, language_id)
    assert applied(drawn, outcome) == expected


@pytest.mark.parametrize(
    ("drawn", "answer", "expected"),
    [
        ("x = ˇ", "\n\ny = 2\n", RejectReason.EMPTY),
        ("x = ˇ", "   \n", RejectReason.EMPTY),
        ("x = ˇ", "<|endoftext|>", RejectReason.EMPTY),
        ("x = 1\nˇ\nreturn_it(x)\n", "return_it(x)\n", RejectReason.REPEATS_SUFFIX),
        ("foo(ˇ)", ")", RejectReason.REPEATS_SUFFIX),
        ("x = ˇ", "ab ab ab ab ab ab ab ab", RejectReason.REPETITIVE),
        ("x = 1\nˇ\n", ") ] }\n", RejectReason.DOES_NOT_PARSE),
        (" \nˇ\n", "import os\n", RejectReason.EMPTY),
        ("x = fooˇbar", "d", RejectReason.MID_WORD),
        ("xˇ_y", "d", RejectReason.MID_WORD),
    ],
)
async def test_silence_has_a_reason(drawn: str, answer: str, expected: RejectReason) -> None:
    outcome, _ = await outcome_of(drawn, answer)
    assert reason(outcome) is expected


@pytest.mark.parametrize(("drawn", "answer"), [("x = fooˇbar", "d + "), ("ˇ", "import os"), ("\nˇ", "import os")])
async def test_one_who_asks_gets_an_answer_in_odd_places_too(drawn: str, answer: str) -> None:
    outcome, _ = await outcome_of(drawn, answer, trigger=INVOKED)
    assert outcome.suggestions[0].text == answer


@pytest.mark.parametrize(
    ("path", "settings", "expected"),
    [
        ("app/.env", Settings(), RejectReason.EXCLUDED),
        ("app/a.py", Settings(privacy=PrivacySettings(exclude=("app/",))), RejectReason.EXCLUDED),
        ("app/a.py", Settings(completion=CompletionSettings(enabled=False)), RejectReason.DISABLED),
    ],
)
async def test_the_engine_never_sees_what_it_must_not(path: str, settings: Settings, expected: RejectReason) -> None:
    snapshot, offset = snapshot_at("x = ˇ", path=path)
    engine = FakeEngine()
    assert reason(await complete(snapshot, offset, INVOKED, engine, settings)) is expected
    assert engine.requests == ()


@pytest.mark.parametrize(
    ("drawn", "prefix", "suffix"),
    [
        ("ˇ", "", ""),
        ("a\r\nˇb\r\n", "a\n", "b\n"),
        ("a = 1\rˇ", "a = 1\n", ""),
        ("xˇ", "x", ""),
    ],
)
async def test_the_prompt_has_unified_line_breaks(drawn: str, prefix: str, suffix: str) -> None:
    _, engine = await outcome_of(drawn, "1", trigger=INVOKED, candidates=1, instructed="off")
    (request,) = engine.requests
    assert isinstance(request, FillRequest)
    assert (request.prefix, request.suffix) == (prefix, suffix)


async def test_a_cursor_within_a_line_break_stands_before_it() -> None:
    snapshot, _ = snapshot_at("x =\r\ny = 2ˇ")
    engine = FakeEngine(default=" 1\n")
    outcome = await complete(snapshot, 4, AUTOMATIC, engine, Settings())
    assert outcome.suggestions[0].range == Range(3, 3)


@pytest.mark.parametrize("offset", [-5, 1000])
async def test_an_offset_outside_of_the_document_is_moved_into_it(offset: int) -> None:
    snapshot, _ = snapshot_at(" x = ˇ ")
    outcome = await complete(snapshot, offset, INVOKED, FakeEngine(default="y\n"), Settings())
    assert 0 <= outcome.suggestions[0].range.start <= 6


async def test_the_path_is_a_hint_and_no_more() -> None:
    _, engine = await outcome_of("y = ˇ", "x", path="/home/somebody/secret-project/src/app.py")
    assert engine.requests[0].path == "src/app.py"  # type: ignore[union-attr]
    _, engine = await outcome_of("y = ˇ", "x")
    assert engine.requests[0].path == "untitled.py"  # type: ignore[union-attr]


async def test_earlier_cells_of_a_notebook_are_context() -> None:
    outcome, engine = await outcome_of("xˇ", ".y", path="book.ipynb", cells_before=("import os", "x = os"))
    (request,) = engine.requests
    assert isinstance(request, FillRequest)
    assert [chunk.text for chunk in request.context] == ["import os\n", "x = os\n"]
    assert [section.name for section in outcome.sections] == ["cell", "cell", "prefix", "suffix"]


async def test_generation_stops_as_soon_as_the_line_is_complete() -> None:
    endless = "a\n" + "b = 1\n" * 500
    outcome, engine = await outcome_of("x = ˇ", endless, max_tokens=2000)
    assert outcome.suggestions[0].text == "a"
    assert outcome.tokens == 2
    assert engine.records[0].cancelled


async def test_a_token_limit_keeps_whole_lines_of_a_block() -> None:
    outcome, _ = await outcome_of("def f():\n    ˇ\n", "a = 1\n    b = 2\n    c = 3\n", max_tokens=14)
    assert outcome.suggestions[0].text == "a = 1\n    b = 2"


async def test_time_running_out_shows_what_is_complete() -> None:
    gate = Gate()
    snapshot, offset = snapshot_at("def f():\n    ˇ\n")
    engine = FakeEngine(default="a = 1\n", prefill_gate=gate)
    settings = Settings(completion=CompletionSettings(timeout_ms=50))
    assert reason(await complete(snapshot, offset, AUTOMATIC, engine, settings)) is RejectReason.TIMEOUT
    assert engine.records[0].cancelled


@pytest.mark.parametrize(
    ("drawn", "answer", "expected"),
    [
        ("x = ˇ\n", "foo(a))\n", "x = foo(a)\n"),
        ("x = foo(ˇ)\n", "bar(a)))\n", "x = foo(bar(a))\n"),
        ("def f():\n    ˇ\n", "return [g(1, 2)\n\n\ndef g(): pass", "def f():\n    return [g(1, 2)]\n"),
    ],
)
async def test_brackets_are_made_to_match_rather_than_code_cut_off(drawn: str, answer: str, expected: str) -> None:
    outcome, _ = await outcome_of(drawn, answer)
    assert applied(drawn, outcome) == expected
    assert outcome.suggestions[0].checks == ("parses", "brackets made to match")


async def test_a_cut_suggestion_says_so() -> None:
    outcome, _ = await outcome_of("def f():\n    ˇ\n", "a = 1\n    b = (2]\n    c = 3\n\n\nx")
    (suggestion,) = outcome.suggestions
    assert suggestion.text == "a = 1"
    assert suggestion.checks == ("parses", "cut to the part that parses")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
async def test_a_cut_suggestion_has_the_documents_line_breaks(newline: str) -> None:
    drawn = "def f():\n    ˇ\n".replace("\n", newline)
    outcome, _ = await outcome_of(drawn, "a = 1\n    b = 2\n    c = (2]\n    d = 4\n\n\nx")
    (suggestion,) = outcome.suggestions
    assert suggestion.text == f"a = 1{newline}    b = 2"
    assert "cut to the part that parses" in suggestion.checks


@pytest.mark.parametrize(
    ("language_id", "parsed", "checks"),
    [("python", True, ("parses",)), ("cobol", None, ("unparsed: no grammar for cobol",))],
)
async def test_what_was_checked_is_told(language_id: str, parsed: bool | None, checks: tuple[str, ...]) -> None:
    outcome, _ = await outcome_of("x = ˇ", "1\n", language_id)
    assert (outcome.suggestions[0].parsed, outcome.suggestions[0].checks) == (parsed, checks)


@pytest.mark.parametrize(
    ("logprob", "threshold", "shown"),
    [(math.log(0.5), 0.4, True), (math.log(0.5), 0.6, False), (math.nan, 0.6, True), (math.log(0.01), 0.0, True)],
)
async def test_unsure_suggestions_stay_hidden(logprob: float, threshold: float, shown: bool) -> None:
    outcome, _ = await outcome_of("x = ˇ", Answer.of("1\n", logprob=logprob), show_threshold=threshold)
    assert bool(outcome.suggestions) is shown
    if shown:
        sure = outcome.suggestions[0].confidence
        assert sure is None if math.isnan(logprob) else sure == pytest.approx(math.exp(logprob))
    else:
        assert reason(outcome) is RejectReason.LOW_CONFIDENCE


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ModelMissing("no model; `mendline models pull` gets it", model="m"), RejectReason.MODEL_MISSING),
        (EngineDied("the engine died"), RejectReason.ENGINE_FAILED),
    ],
)
async def test_an_engine_that_fails_is_a_reason(error: EngineError, expected: RejectReason) -> None:
    outcome, _ = await outcome_of("x = ˇ", Answer(error=error))
    assert reason(outcome) is expected
    assert outcome.error is error


async def test_cancellation_passes_through_and_stops_the_engine() -> None:
    gate = Gate()
    snapshot, offset = snapshot_at("x = ˇ")
    engine = FakeEngine(default="1\n", prefill_gate=gate)
    task = asyncio.create_task(complete(snapshot, offset, AUTOMATIC, engine, Settings()))
    await gate.reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert engine.records[0].cancelled


@pytest.mark.parametrize(
    ("drawn", "item", "answer", "expected"),
    [
        ("x = os.paˇ", (7, 9, "path"), ".join(a)\n", "path.join(a)"),
        ("x = os.ˇ", (7, 7, "path"), ".join(a)\n", "path.join(a)"),
        ("x = foo(os.paˇ)", (11, 13, "path"), ".sep)\n", "path.sep"),
    ],
)
async def test_a_suggestion_goes_on_from_the_selected_item(
    drawn: str, item: tuple[int, int, str], answer: str, expected: str
) -> None:
    start, end, text = item
    selected = SelectedCompletion(Range(start, end), text)
    outcome, engine = await outcome_of(drawn, answer, selected=selected)
    (suggestion,) = outcome.suggestions
    assert suggestion.text == expected
    assert suggestion.range == Range(start, end)
    assert engine.requests[0].prefix.endswith(text)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("drawn", "item", "answer", "expected"),
    [
        # It would have to replace the closing bracket, which is outside of the item's range.
        ("x = foo(os.paˇ)", (11, 13, "path"), ".sep) + 1\n", RejectReason.SELECTED_CONFLICT),
        ("x = os.paˇ", (0, 1, "y"), " = 1\n", RejectReason.SELECTED_CONFLICT),
        ("x = os.paˇ", (7, 99, "path"), " = 1\n", RejectReason.SELECTED_CONFLICT),
        ("x = os.paˇ", (7, 9, "path"), "\n", RejectReason.EMPTY),
    ],
)
async def test_silence_when_it_cannot(
    drawn: str, item: tuple[int, int, str], answer: str, expected: RejectReason
) -> None:
    start, end, text = item
    outcome, _ = await outcome_of(drawn, answer, selected=SelectedCompletion(Range(start, end), text))
    assert reason(outcome) is expected


async def test_a_line_of_two_megabytes() -> None:
    half = "x = 1; " * 150_000
    snapshot, offset = snapshot_at(f"{half}ˇ{half}")
    engine = FakeEngine(default="y = 2;\n")
    outcome = await complete(snapshot, offset, INVOKED, engine, Settings())
    assert sum(section.characters for section in outcome.sections) < 3000
    # What can't be parsed in the time there is isn't shown.
    shown = [suggestion.text for suggestion in outcome.suggestions]
    assert shown == ["y = 2;"] or outcome.reasons[0].detail == "there was no time to see whether it parses"


async def test_the_outcome_explains_itself() -> None:
    outcome, _ = await outcome_of("print(ˇ)\n", '1)\nprint("b")\n')
    assert outcome.shape == "line: within a line"
    assert outcome.raw.startswith("1)\n")
    assert [(step.name, step.before, step.after) for step in outcome.steps] == [
        ("fit_rest_of_line", 2, 1),
        ("parse_gate", 1, 1),
    ]
    timings = outcome.timings
    assert timings.first_token is not None
    assert timings.generated is not None
    assert timings.gate is not None
    assert 0 <= timings.first_token <= timings.generated <= timings.total


@pytest.mark.parametrize(
    ("drawn", "answers", "expected"),
    [
        # The first does not parse whole, the last two are the same and the likelier is no worse.
        ("x = ˇ\n", ("foo(1) bar", "[1]", "[2]", "[2]"), ["[1]", "[2]"]),
        # A name that exists nowhere is worth less than one that does.
        ("x = 1\ny = ˇ\n", ("total", "x", "x + 1", "x"), ["x", "x + 1", "total"]),
        # What promises code is none.
        (
            "def f():\n    ˇ\n",
            ("# Your code here\n    pass", "return 1", "return 2", "return 1"),
            ["return 1", "return 2"],
        ),
        # Nothing is drawn when the first is sound.
        ("x = 1\ny = ˇ\n", ("x", "x + 1"), ["x"]),
    ],
)
async def test_more_are_drawn_when_the_first_is_not_sound(
    drawn: str, answers: tuple[str, ...], expected: list[str]
) -> None:
    first, *others = answers
    drawn_answer = Answer.of(*others, logprob=-0.5) if len(others) > 1 else Answer.of(first)
    scripted = iter([Answer.of(first), drawn_answer])
    settings = Settings(completion=CompletionSettings(instructed="off"))
    snapshot, offset = snapshot_at(drawn)
    engine = FakeEngine(lambda _: next(scripted))
    outcome = await complete(snapshot, offset, INVOKED, engine, settings)
    shown = [suggestion.text for suggestion in outcome.suggestions]
    assert shown[: len(expected)] == expected
    assert len(engine.requests) == (1 if outcome.suggestions and expected == [first] else 2)


@pytest.mark.parametrize(
    ("trigger", "settings", "omit", "requests"),
    [
        (AUTOMATIC, CompletionSettings(), (), 1),
        (INVOKED, CompletionSettings(), (), 2),
        (INVOKED, CompletionSettings(candidates=1), (), 1),
        (INVOKED, CompletionSettings(), ("candidates",), 1),
        (INVOKED, CompletionSettings(), ("undefined_names",), 1),
    ],
)
async def test_who_gets_more_candidates(
    trigger: Trigger, settings: CompletionSettings, omit: tuple[str, ...], requests: int
) -> None:
    snapshot, offset = snapshot_at("x = ˇ\n")
    engine = FakeEngine(default="nowhere_defined")
    await complete(snapshot, offset, trigger, engine, Settings(completion=settings), omit=omit)
    assert len(engine.requests) == requests


@pytest.mark.parametrize(
    ("drawn", "answer", "expected"),
    [
        # The model ended the text before what stands there: nothing of it is cut.
        ("def f(a):\n    x = ˇ (a)\n", "len\n", "def f(a):\n    x = len (a)\n"),
        ("def f(a):\n    return [ˇ) for b in a]\n", "str(b", "def f(a):\n    return [str(b) for b in a]\n"),
        (
            "def f(q):\n    i = 0\nˇ     i += 1\n    return i\n",
            "    if q:\n   ",
            "def f(q):\n    i = 0\n    if q:\n        i += 1\n    return i\n",
        ),
        # It repeated the rest of the line.
        ("total = 1\nx = ˇ+ total\n", "2 + total", "total = 1\nx = 2 + total\n"),
        ("print(ˇ)\n", "1)", "print(1)\n"),
    ],
)
async def test_what_the_model_ended_itself_fits_what_follows(drawn: str, answer: str, expected: str) -> None:
    outcome, _ = await outcome_of(drawn, answer, trigger=INVOKED)
    assert applied(drawn, outcome) == expected


@pytest.mark.parametrize(
    ("drawn", "answer", "expected"),
    [
        # Brackets that don't match hid the line that follows.
        (
            "function f() {\n  var aˇ\n      b = g(data, key);\n  return b;\n}\n",
            " = key,\n      b = }g(data, key});\n",
            "function f() {\n  var a = key,\n      b = g(data, key);\n  return b;\n}\n",
        ),
        # The same with a line of its own before it.
        (
            "function f() {\n  g();\n  ˇ\n  return total(key);\n}\n",
            "h();\n  return total(key)];\n",
            "function f() {\n  g();\n  h();\n  return total(key);\n}\n",
        ),
    ],
)
async def test_what_the_gate_changed_ends_before_the_line_that_follows(drawn: str, answer: str, expected: str) -> None:
    outcome, _ = await outcome_of(drawn, answer, "javascript", trigger=INVOKED)
    assert applied(drawn, outcome) == expected


@pytest.mark.parametrize(
    ("drawn", "answer"),
    [
        ("function f() {\n  ˇ\n  return total(key);\n}\n", "return }total(key});\n"),
        ("function f() {\n  ˇ\n  return total(key);\n}\n", "return total(key)];\n"),
    ],
)
async def test_what_the_gate_changed_into_the_line_that_follows_is_not_shown(drawn: str, answer: str) -> None:
    outcome, _ = await outcome_of(drawn, answer, "javascript", trigger=INVOKED, candidates=1)
    assert reason(outcome) is RejectReason.REPEATS_SUFFIX


@pytest.mark.parametrize(
    ("cells", "requests"),
    [((), 2), (("df = load()\n",), 1), (("from pylab import *\n",), 1), (("dfs = load()\n",), 2)],
)
async def test_a_notebook_s_cells_share_their_names(cells: tuple[str, ...], requests: int) -> None:
    outcome, engine = await outcome_of("x = ˇ\n", "df.head()", trigger=INVOKED, cells_before=cells)
    assert applied("x = ˇ\n", outcome) == "x = df.head()\n"
    assert len(engine.requests) == requests


@pytest.mark.parametrize("answer", ["if a:\n", "if a:\n    x y z\n", "if a:\n        b = foo(1,\n"])
async def test_a_part_is_judged_with_its_line_break(answer: str) -> None:
    outcome, _ = await outcome_of("def f(a):\n    ˇ-a\n", answer)
    assert reason(outcome) is RejectReason.DOES_NOT_PARSE


async def test_between_candidates_a_cancellation_comes_through() -> None:
    scripted = iter([Answer.of("first"), Answer.of("second", "third", "fourth")])
    snapshot, offset = snapshot_at("x = ˇ\n")
    asked: list[str] = []

    def knows(name: str) -> bool:
        asked.append(name)
        if name == "second":
            task.cancel()
        return False

    work = complete(snapshot, offset, INVOKED, FakeEngine(lambda _: next(scripted)), Settings(), knows=knows)
    task = asyncio.create_task(work)
    await asyncio.wait({task})
    assert task.cancelled()
    assert asked == ["first", "second"]


async def test_what_would_change_nothing_is_not_shown() -> None:
    snapshot, offset = snapshot_at("xˇ = 1\n")
    place = Place.of(snapshot, offset, None)
    result = judge(place, Candidate(" = 1", replaces=4, kept=4))
    assert isinstance(result, Rejection)
    assert result.reason is RejectReason.REPEATS_SUFFIX
