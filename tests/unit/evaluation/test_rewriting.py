from __future__ import annotations

import json
from pathlib import Path

import pytest

from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import ChatRequest, FinishReason, Usage
from mendline.evaluation.json_lines import ItemsError
from mendline.evaluation.rewriting import Function, Pair, compare, read_functions, summed_up
from mendline.evaluation.timed import Timed

FUNCTIONS = tuple(Function(f"Python/{number}", f"def f{number}():\n    return 1\n", "assert") for number in range(4))


def items(path: Path, count: int) -> Path:
    lines = [
        {
            "task_id": f"Python/{number}",
            "declaration": f"def f{number}():\n",
            "buggy_solution": "    return 1\n",
            "test": f"assert f{number}() == 2",
        }
        for number in range(count)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def rewritten(name: str, seconds: float, *, text: str = "text", drafted: int = 0, accepted: int = 0) -> Timed:
    usage = Usage(completion_tokens=100, completion_seconds=seconds, drafted_tokens=drafted, accepted_tokens=accepted)
    return Timed((text + name,), FinishReason.STOP, usage, 1.0, seconds + 1.0)


@pytest.mark.parametrize(
    ("limit", "chosen"), [(None, [0, 1, 2, 3, 4, 5]), (9, [0, 1, 2, 3, 4, 5]), (3, [0, 2, 4]), (1, [0])]
)
def test_functions_are_spread_evenly(tmp_path: Path, limit: int | None, chosen: list[int]) -> None:
    functions = read_functions(items(tmp_path / "items.jsonl", 6), limit)
    assert [function.name for function in functions] == [f"Python/{number}" for number in chosen]
    assert functions[0].code == "def f0():\n    return 1\n"
    message = functions[0].request(100).messages[0].content
    assert "def f0():\n    return 1" in message
    assert "assert f0() == 2" in message


def test_a_file_without_items(tmp_path: Path) -> None:
    with pytest.raises(ItemsError, match="no items"):
        read_functions(items(tmp_path / "items.jsonl", 0))


async def test_both_engines_are_asked_the_same_and_take_turns_at_going_first() -> None:
    order: list[str] = []

    def engine(name: str) -> FakeEngine:
        def answer(request: object) -> Answer:
            assert isinstance(request, ChatRequest)
            order.append(name)
            return Answer.of(f"answer {name}")

        return FakeEngine(answer)

    seen: list[tuple[str, int, int]] = []
    on, off = engine("on"), engine("off")
    pairs = await compare(
        on, off, FUNCTIONS, tokens=50, observe=lambda pair, number, of: seen.append((pair.name, number, of))
    )
    assert order == ["on", "off", "off", "on", "on", "off", "off", "on"]
    assert on.requests == off.requests
    assert [pair.on.texts for pair in pairs] == [("answer on",)] * 4
    assert seen == [(f"Python/{number}", number + 1, 4) for number in range(4)]


def test_the_sum() -> None:
    pairs = [
        Pair("a", rewritten("a", 2.0, drafted=90, accepted=60), rewritten("a", 4.0)),
        Pair("b", rewritten("b", 5.0, drafted=10, accepted=0), rewritten("b", 4.0)),
        Pair("c", rewritten("c", 1.0), rewritten("c", 4.0, text="other")),
    ]
    figures = summed_up(pairs)
    assert figures["ratio"] == pytest.approx(12 / 8)
    assert figures["ratio_median"] == pytest.approx(2.0)
    assert figures["ratio_with_prefill"] == pytest.approx(15 / 11, abs=0.001)
    assert (figures["drafted_tokens"], figures["accepted_tokens"], figures["tokens"]) == (100, 60, 300)
    assert (figures["identical_texts"], figures["different"]) == (2, ["c"])
