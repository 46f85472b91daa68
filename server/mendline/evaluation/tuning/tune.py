"""Finding the fastest setup for one model file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from attrs import frozen

from mendline.engine.errors import EngineError
from mendline.engine.llama.backend import describe_backend
from mendline.engine.llama.bindings import AbortFlag
from mendline.engine.llama.hardware import available_memory, default_threads
from mendline.engine.llama.loading import load
from mendline.engine.llama.model import LoadFailed
from mendline.engine.llama.options import Auto, LlamaOptions
from mendline.engine.llama.tuned import Tuned, forget, identity, remember
from mendline.engine.llama.tuning import Machine, plan, tiles
from mendline.engine.models.gguf import inspect
from mendline.evaluation.tuning.meter import ModelMeter
from mendline.evaluation.tuning.search import Comparison, search
from mendline.evaluation.tuning.setups import Setup, candidates

MOST_OTHERS = 0.1
"""With more of the processor's time in use by other programs, a comparison says more about them."""
_PILOT_CONTEXT = 512
_SPARE_BYTES = 2**30
"""What is left free when the model is loaded twice: contexts, and other programs."""


@frozen
class Tuning:
    """A measurement and its circumstances.

    Attributes:
        rule: what is used without it.
        comparisons: what was measured, in order.
        tuned: what the engine will use from now on.
        gpu_layers, layers: how many layers were on a GPU, of how many.
        seconds: how long all of it took.
        others: which share of the processor's time other programs used meanwhile.
    """

    rule: Setup
    comparisons: tuple[Comparison, ...]
    tuned: Tuned
    gpu_layers: int
    layers: int
    seconds: float
    others: float

    @property
    def trustworthy(self) -> bool:
        """Whether the machine was quiet enough for the result to hold at other times."""
        return self.others <= MOST_OTHERS

    @property
    def chosen(self) -> Setup:
        """The setup that won."""
        return self.comparisons[-1].winner

    def figures(self) -> dict[str, Any]:
        """Return plain values for JSON; times in milliseconds."""
        return {
            "gpu_layers": self.gpu_layers,
            "layers": self.layers,
            "rule": _plain(self.rule),
            "chosen": _plain(self.chosen),
            "comparisons": [
                {"about": each.about, "setups": [_measured(each, setup) for setup in each.speeds]}
                for each in self.comparisons
                if each.speeds
            ],
            "seconds": round(self.seconds, 1),
            "other_programs_share": round(self.others, 3),
        }


def tune(path: Path, gpu_layers: int | Auto, say: Callable[[str], None]) -> Tuning:
    """Measure.

    Args:
        path: a GGUF file.
        gpu_layers: as in the settings.
        say: told what is being compared.

    Raises:
        EngineError: the model can't be loaded.
    """
    busy, began = _busy_seconds(), time.perf_counter()
    backend = describe_backend()
    loaded = load(path, LlamaOptions(gpu_layers=gpu_layers, context_tokens=_PILOT_CONTEXT), AbortFlag())
    placed, layers, size = loaded.model.gpu_layers, loaded.model.layers, loaded.model.size_bytes
    loaded.close()
    gpu = placed > 0
    rule = _setup(Machine(default_threads(), tiles(backend.features, inspect(path).quantisation)), gpu=gpu)
    tried = candidates(
        rule,
        logical_cores=_logical_cores(),
        gpu=gpu,
        all_on_gpu=placed >= layers,
        room_for_two=available_memory() > 2 * size + _SPARE_BYTES,
    )
    meter = ModelMeter(path, placed)
    try:
        comparisons = search(meter, rule, tried, say)
    except LoadFailed as error:
        raise EngineError(f"{path.name} could not be measured ({error}); `mendline doctor` shows the engine") from None
    finally:
        meter.close()
    seconds = time.perf_counter() - began
    return Tuning(
        rule=rule,
        comparisons=comparisons,
        tuned=_tuned(comparisons[-1].winner, gpu=gpu),
        gpu_layers=placed,
        layers=layers,
        seconds=seconds,
        others=_share(_busy_seconds() - busy, seconds),
    )


def others_now(seconds: float = 0.5) -> float:
    """Return which share of the processor's time other programs use at the moment."""
    busy, began = _busy_seconds(), time.perf_counter()
    time.sleep(seconds)
    return _share(_busy_seconds() - busy, time.perf_counter() - began)


def keep_tuning(path: Path, tuned: Tuned, folder: Path) -> None:
    """Let the engine use what was found when it is started next.

    Raises:
        OSError: it can't be written.
    """
    remember(folder, identity(path, describe_backend()), tuned)


def forget_tuning(path: Path, folder: Path) -> bool:
    """Forget what was measured for a model on this machine; tell whether there was anything.

    Raises:
        OSError: it can't be removed.
    """
    return forget(folder, identity(path, describe_backend()))


def _setup(machine: Machine, *, gpu: bool) -> Setup:
    rule = plan(LlamaOptions(), machine, gpu=gpu)
    return Setup(rule.threads, rule.repack, rule.flash_attention, rule.micro_batch)


def _tuned(setup: Setup, *, gpu: bool) -> Tuned:
    return Tuned(
        date=datetime.now(UTC).date().isoformat(),
        gpu=gpu,
        threads=setup.threads,
        repack=setup.repack,
        flash_attention=setup.flash_attention,
        micro_batch=setup.micro_batch,
    )


def _busy_seconds() -> float:
    """Return how long the machine's cores have worked for other programs than this one."""
    times, own = psutil.cpu_times(), psutil.Process().cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    # On Linux a guest's time is part of its host process's.
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return float(sum(times) - guests - idle - own.user - own.system)


def _share(busy_seconds: float, seconds: float) -> float:
    return min(max(busy_seconds / (seconds * (os.cpu_count() or 1)), 0.0), 1.0)


def _logical_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _plain(setup: Setup) -> dict[str, Any]:
    return {
        "threads": setup.threads,
        "repacked": setup.repack,
        "flash_attention": {None: "auto", True: "on", False: "off"}[setup.flash_attention],
        "micro_batch": setup.micro_batch,
    }


def _measured(comparison: Comparison, setup: Setup) -> dict[str, Any]:
    speed, cost = comparison.speeds[setup], comparison.aborts.get(setup)
    figures = {
        **_plain(setup),
        "prefill_tokens_per_second": round(speed.prefill_tokens_per_second, 1),
        "decode_ms": round(1000 * speed.decode_seconds, 1),
        "suggestion_ms": round(1000 * speed.suggestion_seconds),
        "turns": len(speed.prefill),
        "won": setup == comparison.winner,
    }
    if cost is not None:
        figures["abort_busy_ms"] = round(1000 * cost.busy_seconds, 1)
        figures["abort_lost_ms"] = round(1000 * cost.lost_seconds, 1)
    return figures
