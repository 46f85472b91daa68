"""Trials are summed up by group and arm, and arms are compared hole by hole."""

from __future__ import annotations

from mendline.engine.protocol import FinishReason, Usage
from mendline.evaluation.fim.asking import Answer
from mendline.evaluation.fim.judging import Attempt
from mendline.evaluation.fim.summary import summarise
from mendline.evaluation.fim.trials import Suggested, Trial
from mendline.evaluation.running import Outcome, Verdict
from mendline.evaluation.timed import Timed
from mendline.text.document import Edit

RIGHT, WRONG = Outcome(Verdict.PASSED), Outcome(Verdict.FAILED, "AssertionError")
STOPPED = Outcome(Verdict.TIMED_OUT)
TIMED = Timed(("x",), FinishReason.STOP, Usage(completion_tokens=7), 0.1, 2.0)


def attempt(outcome: Outcome, *, breaks: bool = False, repeats: bool = False) -> Attempt:
    right = outcome.passed
    return Attempt("x", outcome, right, 1.0 if right else 0.5, parses=not breaks, breaks=breaks, repeats=repeats)


def shown(outcome: Outcome, *, any_passed: bool | None = None, breaks: bool = False) -> Suggested:
    answer = Answer((Edit(0, 0, "x"),), seconds=1.0, own_seconds=0.01, tokens=5)
    return Suggested(attempt(outcome, breaks=breaks), outcome.passed if any_passed is None else any_passed, 2, answer)


def silent(*reasons: str) -> Suggested:
    return Suggested(attempt(WRONG), any_passed=False, offered=0, answer=Answer((), reasons, seconds=1.0))


def trial(number: int, group: str, raw: Outcome, **arms: Suggested) -> Trial:
    return Trial(f"{group}/{number}", group, str(number), TIMED, attempt(raw), attempt(WRONG), arms)


def test_figures_by_group_and_arm() -> None:
    trials = [
        trial(0, "a", RIGHT, pipeline=shown(RIGHT), without=shown(WRONG, any_passed=True)),
        trial(1, "a", STOPPED, pipeline=shown(RIGHT), without=shown(WRONG, breaks=True)),
        trial(2, "a", WRONG, pipeline=silent("empty"), without=silent("empty", "stale")),
        trial(3, "a", WRONG, pipeline=silent("does-not-parse"), without=silent()),
        trial(0, "b", WRONG, pipeline=shown(RIGHT)),
    ]
    groups = summarise(trials)
    assert list(groups) == ["a", "b"]
    a = groups["a"]
    assert a["items"] == 4
    assert list(a["arms"]) == ["raw", "first_line", "pipeline", "without"]
    raw, pipeline, without = a["arms"]["raw"], a["arms"]["pipeline"], a["arms"]["without"]
    assert raw["pass_at_1"]["share"] == 0.25
    assert (raw["timed_out"], raw["errors"], raw["tokens"]) == (1, {"AssertionError": 2}, 7.0)
    assert raw["latency"]["p50"] == 2000.0
    assert pipeline["pass_at_1"] == {"count": 2, "of": 4, "share": 0.5, "low": 0.15, "high": 0.85}
    assert pipeline["edit_similarity"]["mean"] == 0.75
    assert pipeline["not_shown"] == {"empty": 1, "does-not-parse": 1}
    assert pipeline["shown"]["share"] == 0.5
    assert pipeline["own_latency"]["p95"] == 10.0
    assert without["not_shown"] == {"empty": 1, "no reason": 1}
    assert (without["breaks"]["count"], without["breaks_shown"]["of"]) == (1, 2)
    assert without["any_passes"]["count"] == 1
    against_raw = a["paired"]["pipeline"]["raw"]
    assert (against_raw["points"], against_raw["only_this"], against_raw["both"]) == (25.0, 1, 1)
    assert set(a["paired"]["pipeline"]) == {"raw", "first_line"}
    assert a["paired"]["without"]["pipeline"]["points"] == -50.0
    assert groups["b"]["arms"]["pipeline"]["pass_at_1"]["share"] == 1.0


def test_an_arm_in_which_nothing_was_shown_has_no_time_of_its_own() -> None:
    group = summarise([trial(0, "a", WRONG, pipeline=silent("empty"))])["a"]
    assert group["arms"]["pipeline"]["own_latency"] is None
    assert group["arms"]["pipeline"]["breaks_shown"] == {"count": 0, "of": 0}
