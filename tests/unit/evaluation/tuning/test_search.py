"""Which setup wins, with a meter that answers from a rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from attrs import define, evolve, field

from mendline.evaluation.tuning.search import search
from mendline.evaluation.tuning.setups import AbortCost, Candidates, Setup, Speed, candidates

RULE = Setup(threads=4, repack=False, flash_attention=False, micro_batch=64)
TRIED = candidates(RULE, logical_cores=8, gpu=False, all_on_gpu=False)


@define
class Ruled:
    """A meter whose figures come from a function: the factor a setup's times are multiplied by."""

    factor: Callable[[Setup], float]
    noise: tuple[float, ...] = (1.0, 1.0, 1.0)
    compared: list[tuple[Setup, ...]] = field(factory=list)
    broken: Callable[[Setup], bool] = lambda _setup: False

    def compare(self, setups: Sequence[Setup]) -> Mapping[Setup, Speed]:
        self.compared.append(tuple(setups))
        return {
            setup: Speed(
                tuple(0.01 * self.factor(setup) * noise for noise in self.noise),
                tuple(0.05 * self.factor(setup) * noise for noise in self.noise),
            )
            for setup in setups
            if not self.broken(setup)
        }

    def aborts(self, setups: Mapping[Setup, Speed]) -> Mapping[Setup, AbortCost]:
        return {
            setup: AbortCost(0.0, setup.micro_batch / speed.prefill_tokens_per_second / 2)
            for setup, speed in setups.items()
        }


def faster(**wanted: object) -> Callable[[Setup], float]:
    """Return a rule by which each wished value makes a setup a fifth faster."""
    return lambda setup: 0.8 ** sum(getattr(setup, name) == value for name, value in wanted.items())


SMALLEST = evolve(RULE, micro_batch=32)


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (lambda _setup: 1.0, SMALLEST),
        (faster(micro_batch=64), RULE),
        (faster(repack=True, micro_batch=64), evolve(RULE, repack=True)),
        (faster(flash_attention=True, micro_batch=64), evolve(RULE, flash_attention=True)),
        (faster(threads=3, micro_batch=64), evolve(RULE, threads=3)),
        (faster(threads=8, repack=True), evolve(SMALLEST, threads=8, repack=True)),
        (lambda setup: 0.97 if setup.repack else 1.0, SMALLEST),
        (lambda setup: 0.4 if setup.micro_batch == 128 else 1.0, evolve(RULE, micro_batch=128)),
    ],
)
def test_the_fastest_wins_and_a_hair_is_not_enough(factor: Callable[[Setup], float], expected: Setup) -> None:
    assert search(Ruled(factor), RULE, TRIED)[-1].winner == expected


def test_load_that_comes_and_goes_hits_all_alike() -> None:
    meter = Ruled(faster(threads=3, micro_batch=64), noise=(1.0, 40.0, 3.0, 1.0, 25.0))
    assert search(meter, RULE, TRIED)[-1].winner == evolve(RULE, threads=3)


def test_what_cannot_run_does_not_win() -> None:
    meter = Ruled(faster(repack=True, micro_batch=64), broken=lambda setup: setup.repack)
    assert search(meter, RULE, TRIED)[-1].winner == RULE


def test_where_the_rule_cannot_run_the_fastest_of_the_others_wins() -> None:
    meter = Ruled(faster(threads=3, micro_batch=64), broken=lambda setup: not setup.repack)
    assert search(meter, RULE, TRIED)[-1].winner == evolve(RULE, repack=True, threads=3)


def test_where_nothing_runs_the_rule_stays() -> None:
    assert search(Ruled(faster(), broken=lambda _setup: True), RULE, TRIED)[-1].winner == RULE


def test_each_comparison_has_the_setup_to_beat_in_it_and_is_announced() -> None:
    meter = Ruled(faster(threads=3))
    said: list[str] = []
    first, second, third = search(meter, RULE, TRIED, said.append)
    assert [each[0] for each in meter.compared] == [RULE, first.winner, second.winner]
    assert said == [each.about for each in (first, second, third)]


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (
            {"logical_cores": 8, "gpu": False, "all_on_gpu": False},
            Candidates(((False, False), (False, True), (True, False), (True, True)), (4, 3, 8), (32, 64, 128)),
        ),
        (
            {"logical_cores": 4, "gpu": False, "all_on_gpu": False, "room_for_two": False},
            Candidates(((False, False), (False, True)), (4, 3), (32, 64, 128)),
        ),
        (
            {"logical_cores": 8, "gpu": True, "all_on_gpu": True},
            Candidates(((False, None), (False, False)), (4,), (128, 256, 512, 1024)),
        ),
        (
            {"logical_cores": 8, "gpu": True, "all_on_gpu": False},
            Candidates(((False, None), (False, False), (True, None), (True, False)), (4, 3, 8), (128, 256, 512, 1024)),
        ),
    ],
)
def test_what_is_worth_trying(machine: dict[str, int], expected: Candidates) -> None:
    rule = evolve(RULE, flash_attention=None) if machine["gpu"] else RULE
    assert candidates(rule, **machine) == expected  # type: ignore[arg-type]  # the table's values are of all types


def test_one_core_is_not_made_less() -> None:
    assert candidates(evolve(RULE, threads=1), logical_cores=1, gpu=False, all_on_gpu=False).threads == (1,)
