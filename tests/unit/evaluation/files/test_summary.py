from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import pytest

from mendline.evaluation.files.code import CodeFile
from mendline.evaluation.files.holes import Kind
from mendline.evaluation.files.sample import Position
from mendline.evaluation.files.summary import lost, summarise
from mendline.evaluation.files.trials import Shown, Trial
from mendline.evaluation.soundness import Soundness
from mendline.features.completion import Trigger
from mendline.text.document import Edit, Range

SOUND, BROKEN = Soundness(0, True), Soundness(1, False)
SHOWN = Shown(Edit(0, 0, "x"), SOUND, exact=False, similarity=0.5, repeats=False, confidence=None, judged=True)
TRIAL = Trial("", SOUND, SOUND, None, (), "", tokens=3, seconds=1.0, engine_seconds=0.75)


def trial(shown: Shown | None, **changes: Any) -> Trial:
    return attrs.evolve(TRIAL, shown=shown, **changes)


def shown(**changes: Any) -> Shown:
    return attrs.evolve(SHOWN, **changes)


FILE = CodeFile(Path("/code/m.py"), "code/m.py", "python")
POSITION = Position(FILE, "a\nbcd\n", Kind.LINE, Range(3, 5), Trigger.INVOKED)


def figures(*trials: Trial, **of_position: Any) -> dict[str, Any]:
    return summarise([attrs.evolve(POSITION, **of_position)] * len(trials), trials)


def test_shares_are_of_all_positions() -> None:
    found = figures(
        trial(shown(exact=True, similarity=1.0)),
        trial(shown(after=BROKEN)),
        trial(shown(repeats=True, judged=False)),
        trial(None, reasons=("empty",)),
        trial(None, reasons=("does-not-parse", "empty")),
    )["all"]
    assert {name: found[name]["count"] for name in ("shown", "broken", "unjudged", "repeats", "exact")} == {
        "shown": 3,
        "broken": 1,
        "unjudged": 1,
        "repeats": 1,
        "exact": 1,
    }
    assert all(found[name]["of"] == 5 for name in ("shown", "broken", "repeats", "exact"))
    assert found["similarity"]["mean"] == 0.4
    assert found["not_shown"] == {"empty": 1, "does-not-parse": 1}
    assert found["latency"]["p50"] == 1000
    assert found["own_latency"]["p95"] == 250


@pytest.mark.parametrize(
    ("original", "before", "after", "repaired", "left_unsound"),
    [
        (SOUND, SOUND, SOUND, (0, 0), (0, 1)),
        (SOUND, BROKEN, SOUND, (1, 1), (0, 1)),
        (SOUND, BROKEN, BROKEN, (0, 1), (1, 1)),
        (SOUND, SOUND, BROKEN, (0, 0), (1, 1)),
        (BROKEN, BROKEN, BROKEN, (0, 0), (0, 0)),
    ],
)
def test_what_becomes_of_files_that_were_sound(
    original: Soundness, before: Soundness, after: Soundness, repaired: Any, left_unsound: Any
) -> None:
    found = figures(trial(shown(after=after), original=original, before=before))["all"]
    assert (found["repaired"]["count"], found["repaired"]["of"]) == repaired
    assert (found["left_unsound"]["count"], found["left_unsound"]["of"]) == left_unsound


def test_groups_and_places() -> None:
    found = figures(trial(shown(after=BROKEN, repeats=True)), kind=Kind.BLOCK)
    assert set(found["languages"]) == {"python"}
    assert set(found["kinds"]) == {"block"}
    assert set(found["triggers"]) == {"invoked"}
    assert found["broken"] == found["repeating"]
    assert found["broken"] == [
        {
            "place": "code/m.py:2:2",
            "kind": "block",
            "trigger": "invoked",
            "key": "code/m.py:3-5:block:invoked",
        }
    ]


def test_right_texts_are_lost_unless_they_are_shown() -> None:
    trials = [trial(shown(exact=True)), trial(shown()), trial(None)]
    positions = [attrs.evolve(POSITION, trigger=trigger) for trigger in (*Trigger, Trigger.INVOKED)]
    assert [place["trigger"] for place in lost(positions, trials, 4)] == ["invoked", "invoked"]
    assert lost(positions, trials, 3) == []
