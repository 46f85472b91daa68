"""What of a toolchain a confined tool can see."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mendline.checks.sandbox import visible


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home


def _program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("")
    return path


def test_nothing_is_needed_for_a_program_of_the_system() -> None:
    assert visible.of_program(Path("/usr/bin/env")) == ()


def test_of_a_toolchain_elsewhere_all_is_seen(home: Path, tmp_path: Path) -> None:
    assert visible.of_program(_program(tmp_path / "tools" / "bin" / "tool")) == (tmp_path / "tools",)


def test_of_a_toolchain_at_home_only_the_parts_with_programs_are_seen(home: Path) -> None:
    program = _program(home / ".local" / "bin" / "tool")
    (home / ".local" / "lib").mkdir()
    (home / ".local" / "share" / "keyrings").mkdir(parents=True)
    assert visible.of_program(program) == (home / ".local" / "bin", home / ".local" / "lib")


def test_of_a_program_that_lies_somewhere_only_the_program_is_seen(home: Path, tmp_path: Path) -> None:
    program = _program(tmp_path / "built" / "a.out")
    assert visible.of_program(program) == (program,)


@pytest.mark.skipif(not Path("/etc/alternatives").is_dir(), reason="the system has no alternatives")
def test_of_what_the_system_chooses_among_only_the_choice_is_seen(home: Path, tmp_path: Path) -> None:
    chosen = next(each for each in sorted(Path("/etc/alternatives").iterdir()) if each.is_symlink())
    link = tmp_path / "tools" / "bin" / "tool"
    link.parent.mkdir(parents=True)
    link.symlink_to(chosen)
    assert not any(Path("/etc/passwd").is_relative_to(each) for each in visible.of_program(link))


def test_links_are_followed_one_by_one(home: Path, tmp_path: Path) -> None:
    real = _program(home / "versions" / "3.11" / "bin" / "python3.11")
    middle = home / "versions" / "3.11" / "bin" / "python3"
    middle.symlink_to("python3.11")
    link = tmp_path / "shims" / "bin" / "python"
    link.parent.mkdir(parents=True)
    link.symlink_to(middle)
    assert visible.of_program(link) == (tmp_path / "shims", real.parent)


def test_an_environment_leads_to_the_installation_it_was_made_from(home: Path, tmp_path: Path) -> None:
    base = _program(home / ".pyenv" / "versions" / "3.12" / "bin" / "python")
    (base.parents[1] / "lib").mkdir()
    python = _program(tmp_path / "project" / ".venv" / "bin" / "python")
    (tmp_path / "project" / ".venv" / "pyvenv.cfg").write_text(f"home = {base.parent}\nversion = 3.12\n")
    seen = visible.of_program(python)
    assert seen == (tmp_path / "project" / ".venv", base.parent, base.parents[1] / "lib")


def test_the_python_of_these_tests_is_found() -> None:
    seen = visible.of_program(Path(sys.executable))
    assert any(Path(sys.executable).is_relative_to(folder) for folder in (*seen, *map(Path, visible.SYSTEM)))


@pytest.mark.parametrize(("folder", "holds"), [("", True), (".ssh", False), ("..", True), ("../other", False)])
def test_which_folders_hold_the_home_folder(folder: str, holds: bool, home: Path) -> None:
    assert visible.holds_home(home / folder) is holds


def test_a_folder_of_the_system_that_is_a_home_is_not_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "/usr" in visible.system()
    monkeypatch.setenv("HOME", "/usr/somebody")
    assert "/usr" not in visible.system()


def _script(path: Path, first: str) -> Path:
    _program(path).write_text(f"{first}\nprint(1)\n")
    return path


@pytest.mark.parametrize("first", ["#!{python}", "#!/usr/bin/env {name}", "#!/usr/bin/env -S {name} -u", "#! {python}"])
def test_a_script_leads_to_its_interpreter_where_the_user_has_it(
    first: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = _program(tmp_path / "node" / "bin" / "node")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", str(python.parent), prepend=":")
    script = _script(tmp_path / "project" / "tool", first.format(python=python, name="node"))
    assert visible.of_program(script) == (script, tmp_path / "node")


def test_a_script_of_this_python_leads_to_it(home: Path, tmp_path: Path) -> None:
    script = _script(tmp_path / "project" / "tool", f"#!{sys.executable}")
    assert visible.of_program(script) == (script, *visible.of_program(Path(sys.executable)))


@pytest.mark.parametrize(
    "first", ["#!{private}", "#!/usr/bin/env {private}", "#!/usr/bin/env no-such-program", "#!", "#"]
)
def test_a_script_opens_no_folder_by_naming_it(first: str, home: Path, tmp_path: Path) -> None:
    private = _program(tmp_path / "private" / "bin" / "node")
    private.chmod(0o755)
    script = _script(tmp_path / "project" / "tool", first.format(private=private))
    assert visible.of_program(script) == (script,)
