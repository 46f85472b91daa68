"""Made traces: deterministic, of the asked size, and real text in the end."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mendline.evaluation.typing.synthetic import MARKERS, Source, synthetic
from mendline.evaluation.typing.traces import Action, Kind, State, TraceError, states

WORD = re.compile(r"\w{1,4}|\W")


def count(text: str) -> int:
    return len(WORD.findall(text))


def lines_of_code() -> Iterator[str]:
    """Lines of 20 to 60 characters, all different."""
    for number in itertools.count():
        yield f"def step_{number}(values: list[int]) -> int:"
        yield from (
            f"    total_{line} = values[{line}] * {number * 7919 % 9973}{' + offset' * (line % 3)}" for line in range(9)
        )
        yield f"    return total_{number % 9}"
        yield ""


SOURCE = Source("made lines", "\n".join(itertools.islice(lines_of_code(), 6000)))


def trace(tokens: int = 600, keystrokes: int = 40, seed: int = 0) -> tuple[Action, ...]:
    return synthetic(SOURCE, count, tokens=tokens, keystrokes=keystrokes, seed=seed)


def share_before(state: State) -> float:
    return count(state.prefix) / count(state.text)


def test_the_same_arguments_give_the_same_trace() -> None:
    assert trace() == trace()
    assert trace() != trace(seed=1)


@pytest.mark.parametrize(("tokens", "keystrokes"), [(512, 40), (1024, 7), (2048, 1), (4096, 95)])
def test_prompts_have_the_asked_size_and_three_parts_of_four_before_the_cursor(tokens: int, keystrokes: int) -> None:
    played = list(states(trace(tokens, keystrokes)))
    assert sum(not state.kind.arrives for state in played) == keystrokes
    sizes = [count(state.text) + MARKERS for state in played]
    assert sum(sizes) / len(sizes) == pytest.approx(tokens, rel=0.03)
    assert max(sizes) - min(sizes) < 0.15 * tokens
    assert all(0.6 < share_before(state) < 0.9 for state in played)


def test_there_are_slips_deletions_acceptances_jumps_and_pauses() -> None:
    played = list(states(trace(keystrokes=200)))
    assert {state.kind for state in played} == set(Kind)
    typed = [state.pause for state in played if state.kind is Kind.TYPE]
    assert 0.1 < sorted(typed)[len(typed) // 2] < 0.2


def test_what_is_written_is_the_source() -> None:
    played = list(states(trace(keystrokes=10)))
    accepted = [state for state in played if state.kind is Kind.ACCEPT]
    for state in accepted or played[-1:]:
        line = state.prefix.rpartition("\n")[2]
        assert line.strip() in SOURCE.text


def test_a_document_for_every_forty_keystrokes() -> None:
    played = list(states(trace(keystrokes=81)))
    assert sum(state.kind is Kind.OPEN for state in played) == 3
    documents = [state.text for state in played if state.kind is Kind.OPEN]
    assert all(one != other for one, other in itertools.pairwise(documents))


@pytest.mark.parametrize("text", ["x = 1\n", "\n" * 50_000])
def test_a_source_that_is_too_short(text: str) -> None:
    with pytest.raises(TraceError, match="too few"):
        synthetic(Source("short", text), count, tokens=600, keystrokes=4, seed=0)


def test_a_source_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("x = 1\n")
    assert Source.read(tmp_path / "module.py") == Source("module.py", "x = 1\n")
    (tmp_path / "module.py").write_bytes(b"\xff")
    with pytest.raises(TraceError, match="not a text file"):
        Source.read(tmp_path / "module.py")
    with pytest.raises(TraceError, match="cannot read"):
        Source.read(tmp_path / "none.py")
