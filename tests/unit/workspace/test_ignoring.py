"""Which files of a workspace never become context of others."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mendline.workspace.ignoring import IgnoreRules


def rules(root: Path, files: dict[str, str], exclude: tuple[str, ...] = ()) -> IgnoreRules:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return IgnoreRules(root, exclude)


@pytest.mark.parametrize(
    ("files", "path", "ignored"),
    [
        ({}, "a.py", False),
        ({}, "node_modules/a/index.js", True),
        ({}, "src/__pycache__/a.py", True),
        ({}, "pkg.egg-info/a.py", True),
        ({}, "build/a.py", True),
        ({}, "src/target/a.rs", True),
        ({}, "buildings/a.py", False),
        ({}, "build.py", False),
        ({".gitignore": "!build/\n"}, "build/a.py", False),
        ({".gitignore": "!.git/\n"}, ".git/a.py", True),
        ({".gitignore": "*.log\n!keep.log\n"}, "x/a.log", True),
        ({".gitignore": "*.log\n!keep.log\n"}, "x/keep.log", False),
        ({".gitignore": "/a.py\n"}, "a.py", True),
        ({".gitignore": "/a.py\n"}, "x/a.py", False),
        ({".gitignore": "x/\n!x/a.py\n"}, "x/a.py", True),
        ({".gitignore": "x/*\n!x/a.py\n"}, "x/a.py", False),
        ({".gitignore": "a.py\n", "x/.gitignore": "!a.py\n"}, "x/a.py", False),
        ({".gitignore": "a.py\n", "x/.gitignore": "!a.py\n"}, "y/a.py", True),
        ({"x/.gitignore": "/a.py\n"}, "x/a.py", True),
        ({"x/.gitignore": "/a.py\n"}, "x/y/a.py", False),
        ({"x/.gitignore": "/a.py\n"}, "a.py", False),
        ({".gitignore": "doc/**/b.py\n"}, "doc/x/y/b.py", True),
        ({".git/info/exclude": "a.py\n"}, "a.py", True),
        ({".git/info/exclude": "a.py\n", ".gitignore": "!a.py\n"}, "a.py", False),
        ({".mendlineignore": "a.py\n"}, "a.py", True),
        ({".gitignore": "a.py\n", ".mendlineignore": "!a.py\n"}, "a.py", False),
        ({".gitignore": "# a.py\n\n[\nb.py"}, "a.py", False),
        ({".gitignore": "# a.py\n\n[\nb.py"}, "b.py", True),
        ({".gitignore": "\ufeffa.py\r\n"}, "a.py", True),
        ({".gitignore": "**/" * 20 + "a.py"}, "a.py", False),
        ({}, "config/.env", True),
        ({}, "keys/server.pem", True),
        ({".mendlineignore": "!.env\n"}, ".env", True),
    ],
)
def test_ignored(tmp_path: Path, files: dict[str, str], path: str, ignored: bool) -> None:
    assert (rules(tmp_path, files).why(path) is not None) is ignored


def test_what_the_user_excludes(tmp_path: Path) -> None:
    asked = rules(tmp_path, {}, ("private/", "*.tmpl.py"))
    assert asked.why("private/x/a.py") == "privacy.exclude has 'private/'"
    assert asked.why("a.tmpl.py") is not None
    assert asked.why("a.py") is None


def test_folders_are_skipped_whole(tmp_path: Path) -> None:
    asked = rules(tmp_path, {".gitignore": "gen/\n"})
    assert asked.skips("src/gen")
    assert asked.skips("src/gen/deep/er")
    assert not asked.skips("src")
    assert not asked.skips("")


@pytest.mark.parametrize(
    ("files", "workspace", "path", "ignored"),
    [
        ({".gitignore": "local.py\n/sub/made/\n"}, "sub", "x/local.py", True),
        ({".gitignore": "local.py\n/sub/made/\n"}, "sub", "made/a.py", True),
        ({".gitignore": "local.py\n/sub/made/\n"}, "sub", "x/made/a.py", False),
        ({".gitignore": "a.py\n", "sub/.gitignore": "!a.py\n"}, "sub", "a.py", False),
        ({".mendlineignore": "a.py\n"}, "sub", "a.py", True),
        ({".git/info/exclude": "/sub/a.py\n"}, "sub", "a.py", True),
        ({"sub/.git/HEAD": "", ".gitignore": "a.py\n"}, "sub", "a.py", False),
        # The workspace itself is ignored, and opened all the same.
        ({".gitignore": "sub/\n*.py\n"}, "sub", "a.py", False),
        ({".venv/.gitignore": "*\n"}, ".venv/lib/package", "a.py", False),
        ({}, "sub", "bin/Debug/a.cs", True),
    ],
)
def test_the_rules_of_the_repository_around_the_workspace(
    tmp_path: Path, files: dict[str, str], workspace: str, path: str, ignored: bool
) -> None:
    rules(tmp_path, {".git/HEAD": "", **files})
    assert (IgnoreRules(tmp_path / workspace).why(path) is not None) is ignored


def test_a_home_kept_in_git_is_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    rules(tmp_path, {".git/HEAD": "", ".gitignore": "*\n!.profile\n"})
    assert IgnoreRules(tmp_path / "project").why("a.py") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_an_ignore_file_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".gitignore")
    (tmp_path / ".mendlineignore").mkdir()
    assert IgnoreRules(tmp_path).why("a.py") is None


NAMES = st.sampled_from(["a", "b", "ab", "abba", "a.py", "b.py"])
PATTERNS = st.lists(
    st.builds(
        lambda negated, rooted, parts, folder: f"{negated}{rooted}{'/'.join(parts)}{folder}",
        st.sampled_from(["", "", "!"]),
        st.sampled_from(["", "", "/"]),
        st.lists(
            st.sampled_from(
                ["a", "b", "*", "**", "***", "?", "a*", "*.py", "[ab]", "[!a]", "[]a]", r"\a", "a**", "a*b*", "*b*a*"]
            ),
            min_size=1,
            max_size=3,
        ),
        st.sampled_from(["", "", "/"]),
    ),
    max_size=4,
).map("\n".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(NAMES, min_size=1, max_size=3), min_size=1, max_size=6), PATTERNS, PATTERNS)
def test_agrees_with_git(tmp_path_factory: pytest.TempPathFactory, paths: list[list[str]], top: str, deep: str) -> None:
    root = tmp_path_factory.mktemp("git")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    (root / ".gitignore").write_text(top)
    (root / "a").mkdir()
    (root / "a" / ".gitignore").write_text(deep)
    for parts in paths:
        file = root.joinpath(*parts)
        if not any(parent.is_file() for parent in file.parents) and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("")
    files = [file.relative_to(root).as_posix() for file in root.rglob("*") if file.is_file()]
    files = sorted(file for file in files if not file.startswith(".git/"))
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull},
    )
    asked = IgnoreRules(root)
    assert [file for file in files if asked.why(file) is None] == sorted(listed.stdout.split())
