"""`make bench-editors`: what a user of VS Code waits for, in the real one, with the real default model."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import psutil

from bench.vscode import beside, startup, waits
from mendline.cli.bench.reporting import JSON, SAVE, Row, default_model, report, spread
from support import vscode

_HERE = Path(__file__).parent
_MIB = 1024


@click.command()
@click.option("--suggestions", default=50, show_default=True, type=click.IntRange(1), help="How many are typed for.")
@click.option(
    "--windows",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="In how many fresh profiles VS Code is opened.",
)
@click.option("--starts", default=5, show_default=True, type=click.IntRange(1), help="How often the server is started.")
@click.option("--minutes", default=30, show_default=True, type=click.IntRange(1), help="The most for typing.")
@JSON
@SAVE
def command(suggestions: int, windows: int, starts: int, minutes: int, *, as_json: bool, save: Path | None) -> None:
    """Measure the packed extension in VS Code: waits, activation, start, memory, size."""
    if not vscode.HERE:
        raise click.ClickException("VS Code is not here; `make editors` installs it")
    before = {"load_average": _load(), "beside": beside.programs()}
    started = startup.run(default_model(), starts)
    measured = _in_vscode(suggestions, windows, minutes)
    figures = {
        "model": default_model(),
        "editor": _editor(),
        **waits.summed(measured["typed"]),
        "activation_ms": measured["activations"],
        "vsix_kib": round(vscode.VSIX.stat().st_size / 1024, 1),
        "start": started,
        "open_files": measured["open_files"],
        "memory_kib": measured["memory"],
        "before": before,
        "after": {"load_average": _load(), "beside": beside.programs()},
    }
    report("vscode", figures, _rows, as_json=as_json, save=save, title="make bench-editors")


def _in_vscode(suggestions: int, windows: int, minutes: int) -> dict[str, Any]:
    with vscode.home() as folder:
        out = folder / "figures.json"
        words = [_HERE / "measure.mjs", out, *map(str, (suggestions, windows, minutes))]
        # A busy machine may take minutes to load the model.
        done = vscode.run(words, folder, {"MENDLINE_PATIENCE": "600000"})
        if done.returncode != 0:
            raise click.ClickException(done.stdout + done.stderr)
        measured = json.loads(out.read_text(encoding="utf-8"))
        assert isinstance(measured, dict)
        return measured


def _rows(figures: dict[str, Any]) -> Iterable[Row]:
    asked, drawn = figures["suggestions"], figures["drawn"]
    yield f"from keystroke to ghost text on the screen, {drawn} of {asked}", spread(figures["to_ghost_ms"]), ""
    yield "of that: debounce of VS Code", f"{figures['editor_debounce_ms']} ms", ""
    yield "of that: debounce of Mendline", spread(figures["debounce_ms"]), ""
    yield "of that: the model", spread(figures["model_ms"]), ""
    yield "of that: all the rest", spread(figures["rest_ms"]), "p95 ≤ 60 ms"
    yield "in the rest: VS Code, from key to request", spread(figures["rest_before_ms"]), ""
    yield "in the rest: the server", spread(figures["rest_server_ms"]), ""
    yield "in the rest: VS Code, from answer to screen", spread(figures["rest_after_ms"]), ""
    yield (
        "activation of the extension, each time in a fresh profile",
        f"{_listed(figures['activation_ms'])} ms",
        "≤ 150 ms",
    )
    yield "size of the .vsix", f"{figures['vsix_kib']:.0f} KiB", "< 1 MB"
    start = figures["start"]
    yield "server's start to first suggestion, engine started, too", f"{_listed(start['with_engine_ms'])} ms", ""
    yield "the same, engine running already", f"{_listed(start['beside_engine_ms'])} ms", ""
    for part, held in sorted(figures["memory_kib"].items(), reverse=True):
        what = f"memory of the {part}, {figures['open_files']} files open"
        yield what, f"{held['pss'] // _MIB} MiB (PSS), {held['rss'] // _MIB} MiB (RSS)", ""
    for when in ("before", "after"):
        told = figures[when]
        programs = ", ".join(f"{each['name']} {each['cores']:.1f} cores" for each in told["beside"]) or "nothing"
        yield f"load {when}", f"{_listed(told['load_average'])}; beside it: {programs}", ""


def _listed(numbers: Iterable[float]) -> str:
    return ", ".join(f"{each:g}" for each in numbers)


def _load() -> list[float]:
    return [round(each, 2) for each in psutil.getloadavg()]


def _editor() -> str:
    server = vscode.TOOLS / "code-server" / "node_modules" / "code-server"
    own = json.loads((server / "package.json").read_text(encoding="utf-8"))
    product = json.loads((server / "lib" / "vscode" / "package.json").read_text(encoding="utf-8"))
    return f"code-server {own['version']} (VS Code {product['version']})"


if __name__ == "__main__":
    command()
