"""`mendline doctor`: what it looks at, what it says of what is wrong, and its exit status."""

import json
from pathlib import Path
from typing import Any

import pytest

from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.checks.sandbox.launcher.order import LANDLOCK, PLAIN
from mendline.cli import main
from mendline.cli.doctor import gpu, model
from mendline.cli.doctor.findings import Level
from mendline.engine.errors import EngineUnavailable
from mendline.engine.llama.backend import Backend, Device, DeviceKind
from mendline.engine.protocol import Choice, EngineInfo
from mendline.telemetry import ledger
from mendline.telemetry.acceptance import AcceptanceBook, Figures
from mendline.workspace.trust import TrustedFolders
from support.checked import plant


@pytest.fixture(autouse=True)
def _away_from_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the user's is read or written, and the engine is a script."""
    script = tmp_path / "script.json"
    script.write_text('{"default": {"middle": "+ b"}}')
    for name, value in {
        "MENDLINE_MODELS_DIR": tmp_path / "models",
        "MENDLINE_STATE_DIR": tmp_path / "state",
        "MENDLINE_CONFIG": tmp_path / "config.toml",
        "MENDLINE_FAKE_ENGINE": script,
    }.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.chdir(tmp_path)


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["doctor", "--json", *arguments])
    return status, json.loads(capsys.readouterr().out)


def attention(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (section, line["label"])
        for section, lines in found.items()
        for line in lines
        if line["level"] == Level.ATTENTION.value
    ]


def test_a_missing_model_needs_attention_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    status, found = report(capsys)
    assert status == 1
    assert attention(found) == [("Model", "file")]
    advice = next(line["advice"] for line in found["Model"] if line["label"] == "file")
    assert "mendline models pull qwen2.5-coder-1.5b-instruct" in advice


def test_checks_say_where_their_tools_are_and_what_they_are_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plant(tmp_path / "bin", "javac", "")
    plant(tmp_path / "bin", "cargo", "")
    project = tmp_path / "project"
    plant(project / "node_modules/.bin", "tsc", "")
    plant(project / "tools", "mine", "")
    (project / ".mendline.toml").write_text('[[repair.commands]]\nname = "mine"\nrun = ["tools/mine"]\n')
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    _, found = report(capsys, "--no-engine")
    said = {line["label"]: line["value"] for line in found["Checks"]}
    assert said["syntax"] == "built in (all languages)"
    assert said["javac"] == f"{tmp_path}/bin/javac (Java)"
    assert said["shellcheck"] == "not found (Bash)"
    assert said["cargo check"] == f"{tmp_path}/bin/cargo, once you trust this folder (Rust)"
    assert said["tsc"].startswith("the project's own, once you trust this folder (JavaScript, ")
    assert said["mine"] == f"{project}/tools/mine, once you trust this folder (all languages)"
    TrustedFolders.of_user().add(project)
    _, found = report(capsys, "--no-engine")
    said = {line["label"]: line["value"] for line in found["Checks"]}
    assert said["tsc"].startswith(f"{project}/node_modules/.bin/tsc (JavaScript, ")
    assert said["mine"] == f"{project}/tools/mine (all languages)"


def test_a_server_elsewhere_needs_no_model_here(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").write_text('engine.url = "http://127.0.0.1:9"\n')
    status, found = report(capsys)
    assert (status, attention(found)) == (0, [])
    url = next(line["value"] for line in found["Settings"] if line["label"] == "engine.url")
    assert "http://127.0.0.1:9" in url
    assert str(tmp_path / "config.toml") in url


def test_a_server_that_cannot_be_reached_needs_attention(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MENDLINE_FAKE_ENGINE")
    (tmp_path / "config.toml").write_text('engine.url = "http://127.0.0.1:9"\n')
    status, found = report(capsys)
    assert status == 1
    assert attention(found) == [("Engine", "engine")]


def lines(found: dict[str, Any], section: str) -> dict[str, dict[str, Any]]:
    return {line["label"]: line for line in found[section]}


def test_what_may_be_executed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = lines(report(capsys, "--no-engine")[1], "Execution")
    assert said["this folder"]["value"].startswith("not trusted")
    assert said["sandbox"]["value"] == LABELS[best_way()]
    TrustedFolders.of_user().add(tmp_path)
    assert lines(report(capsys, "--no-engine")[1], "Execution")["this folder"]["value"].startswith("trusted")
    TrustedFolders.of_user().file.chmod(0o666)
    said = lines(report(capsys, "--no-engine")[1], "Execution")
    assert said["this folder"]["value"].startswith("not trusted")
    assert "chmod 600" in said["trusted folders"]["advice"]


@pytest.mark.parametrize("way", [LANDLOCK, PLAIN])
def test_a_lesser_sandbox_is_told(
    way: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mendline.cli.doctor.execution.best_way", lambda: way)
    said = lines(report(capsys, "--no-engine")[1], "Execution")["sandbox"]
    assert (said["value"], said["level"]) == (LABELS[way], Level.NOTE.value)
    assert "bwrap" in said["advice"]


def test_bad_settings_need_attention(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".mendline.toml").write_text('completion.maxTokens = "many"\nengine.url = "http://elsewhere"\n')
    _, found = report(capsys, "--no-engine")
    problems = [line["value"] for line in found["Settings"] if line["label"] == "problem"]
    assert len(problems) == 2
    assert "completion.maxTokens" in problems[0]
    assert "a repository may not set it" in problems[1]


def test_without_the_engine_nothing_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = report(capsys, "--no-engine")
    assert "Engine" not in found


def test_the_engine_is_asked_for_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = report(capsys)
    assert any(line["label"] == "trial" and "characters" in line["value"] for line in found["Engine"])


SPLICE = Choice("splice", "off", "this model's memory can't be shifted: each keystroke recomputes the rest")


@pytest.mark.parametrize(
    ("info", "lines"),
    [
        (
            EngineInfo("m", can_splice=True, choices=(Choice("threads", "4", "set by hand"),), threads=4),
            [("threads", "4 (set by hand)", Level.OK)],
        ),
        (
            EngineInfo("m", can_splice=False, choices=(SPLICE,)),
            [("splice", f"off ({SPLICE.reason})", Level.NOTE)],
        ),
        (
            EngineInfo("m", layers=29, gpu_layers=3, threads=4, context_tokens=512),
            [
                ("layers", "3 of 29 on a GPU, the others on the CPU", Level.OK),
                ("threads", "4", Level.OK),
                ("context", "512 tokens", Level.OK),
            ],
        ),
    ],
)
def test_every_choice_is_shown_with_its_reason(info: EngineInfo, lines: list[tuple[str, str, Level]]) -> None:
    found = list(model.choices(info))
    assert [(finding.label, finding.value, finding.level) for finding in found] == lines
    assert all(bool(finding.advice) == (finding.level is Level.NOTE) for finding in found)


def test_what_was_kept_back_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    ledger.add({"completion.rejected.does-not-parse": 3})
    _, found = report(capsys, "--no-engine")
    assert {"label": "rejected.does-not-parse", "value": "3", "level": "ok", "advice": ""} in found[
        "Suggestions so far"
    ]


def test_what_became_of_suggestions_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    figures = Figures(shown=9, accepted=4, followed=3, kept=2, characters=80)
    AcceptanceBook().add({"2026-01-01": {"python": figures}, "2026-01-02": {"python": figures}})
    _, found = report(capsys, "--no-engine")
    (line,) = found["Suggestions by language"]
    told = "18 shown, 8 accepted, 0 in part; 4 of 6 kept after 30 s; 160 characters inserted"
    assert (line["label"], line["value"]) == ("python", told)


def test_every_grammar_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    _, found = report(capsys, "--no-engine")
    assert [line["label"] for line in found["Grammars"]] == ["loaded"]


def test_the_table_names_what_needs_attention(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--no-engine"]) == 1
    shown = capsys.readouterr().out
    assert "✗ file" in shown
    assert "1 thing needs attention" in shown


CPU = Device("CPU", "A Processor", DeviceKind.CPU, 0, 0)
CUDA = Device("CUDA0", "A Card", DeviceKind.GPU, 10, 20)


@pytest.mark.parametrize(
    ("backend", "gpu_at_hand", "value", "level", "advice"),
    [
        (Backend((CUDA, CPU), True, ""), True, "built in", Level.OK, ""),
        (Backend((CPU,), True, ""), True, "built in, but no GPU was found", Level.NOTE, "driver"),
        (Backend((CPU,), False, ""), True, "not built in", Level.NOTE, 'CMAKE_ARGS="-DGGML_TEST=on"'),
        (Backend((CPU,), False, ""), False, "not built in; no GPU", Level.OK, "-D"),
    ],
)
def test_how_to_use_a_gpu(
    backend: Backend, gpu_at_hand: bool, value: str, level: Level, advice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpu, "describe_backend", lambda: backend)
    monkeypatch.setattr(gpu, "BUILDS", (gpu.Build("Test", "GGML_TEST", lambda: gpu_at_hand, "a toolkit"),))
    devices, offload = gpu.backend()
    assert devices.value == ", ".join(str(device) for device in backend.devices)
    assert offload.value.startswith(value)
    assert offload.level is level
    assert advice in offload.advice


def test_a_llama_cpp_that_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> Backend:
        raise EngineUnavailable("llama.cpp does not load: libgomp.so.1 is missing.")

    monkeypatch.setattr(gpu, "describe_backend", fail)
    (finding,) = gpu.backend()
    assert finding.level is Level.ATTENTION
    assert "libgomp" in finding.value
    assert "--force-reinstall" in finding.advice
