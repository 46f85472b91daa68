"""A picture of latency over the size of the context."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mendline.settings.errors import MendlineError


class PlotUnavailable(MendlineError):
    """The picture can't be drawn or written."""


def check_plot(path: Path) -> None:
    """Make sure that a plot can be drawn and written, before anything is measured.

    Raises:
        PlotUnavailable: matplotlib is missing, or the file's ending is none of a picture.
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise PlotUnavailable("--plot needs matplotlib: install Mendline with its extra, mendline[plot]")
    if path.suffix.lower() not in (".png", ".svg", ".pdf"):
        raise PlotUnavailable(f"--plot writes .png, .svg and .pdf, not {path.name}")


def plot(contexts: Mapping[str, Mapping[str, Any]], title: str, path: Path) -> None:
    """Draw the time to the first token (to the whole line where only that is known), one line a system.

    Args:
        contexts: by size of context, by system: what `summary.summed_up` returns.
        title: above it.
        path: the file; its folder is made if need be.

    Raises:
        PlotUnavailable: it can't be drawn or written.
    """
    check_plot(path)
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra: only who plots needs it

    figure = Figure(figsize=(7.2, 4.5), layout="constrained")
    axes = figure.add_subplot()
    names = list(dict.fromkeys(name for systems in contexts.values() for name in systems))
    for name in names:
        medians, high = _points(contexts, name, "p50"), _points(contexts, name, "p95")
        if medians:
            (line,) = axes.plot(*zip(*medians, strict=True), marker="o", label=_label(contexts, name))
            axes.plot(*zip(*high, strict=True), linestyle=":", color=line.get_color())
    sizes = sorted(int(size) for size in contexts)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.set_yscale("log")
    axes.set_xlabel("tokens of context")
    axes.set_ylabel("keystroke to first token in ms (p50, dotted p95)")
    axes.set_title(title)
    axes.grid(visible=True, which="major", alpha=0.3)
    if axes.lines:
        axes.legend()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=150)
    except OSError as error:
        raise PlotUnavailable(f"cannot write {path}: {error.strerror or error}") from None


def _label(contexts: Mapping[str, Mapping[str, Any]], name: str) -> str:
    told = any(systems.get(name, {}).get("first_token_ms") for systems in contexts.values())
    return name if told else f"{name} (to the whole line)"


def _points(contexts: Mapping[str, Mapping[str, Any]], name: str, rank: str) -> list[tuple[int, float]]:
    points = []
    for size, systems in contexts.items():
        times = systems.get(name, {}).get("first_token_ms") or systems.get(name, {}).get("line_ms")
        if times:
            points.append((int(size), float(times[rank])))
    return sorted(points)
