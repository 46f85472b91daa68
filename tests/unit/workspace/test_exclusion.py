from __future__ import annotations

import pytest

from mendline.workspace.exclusion import excluded_by


@pytest.mark.parametrize(
    "path",
    [
        "/home/me/app/.env",
        "/home/me/app/.env.local",
        "deploy/prod.env",
        "C:\\Users\\me\\.ssh\\id_rsa",
        "/home/me/.ssh/config",
        "/srv/tls/server.KEY",
        "certs/ca.pem",
        "/home/me/.aws/credentials",
        "/home/me/.netrc",
        "secrets.yaml",
        "secrets.yml",
        "infra/terraform.tfstate",
        "service-account-prod.json",
    ],
)
def test_files_that_look_like_secrets_are_excluded(path: str) -> None:
    assert "secrets" in (excluded_by(path) or "")


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "/home/me/app/main.py",
        "/home/me/app/.env.example",
        "src/environment.py",
        "src/keys.py",
        "docs/pem.md",
        "monkey.ts",
        "src/credentials.py",
        "/home/me/aws/credentials.py",
    ],
)
def test_ordinary_files_are_not(path: str | None) -> None:
    assert excluded_by(path) is None


@pytest.mark.parametrize(
    ("pattern", "path", "excluded"),
    [
        ("*.sql", "/w/db/schema.sql", True),
        ("*.sql", "/w/db/schema.sqlite", False),
        ("private/", "/w/private/a.py", True),
        ("private/", "/w/src/private/deep/a.py", True),
        ("private/", "/w/private", False),
        ("private", "/w/private", True),
        ("private", "/w/private/a.py", True),
        ("src/*.py", "/w/src/a.py", True),
        ("src/*.py", "/w/src/deep/a.py", False),
        ("src/**/*.py", "/w/src/deep/er/a.py", True),
        ("src/**/*.py", "/w/src/a.py", True),
        ("src/**", "/w/src/deep/a.py", True),
        ("/src/a.py", "/w/src/a.py", True),
        ("a?.py", "/w/ab.py", True),
        ("a?.py", "/w/abc.py", False),
        ("[ab].py", "/w/b.py", True),
        ("[!ab].py", "/w/b.py", False),
        ("[!ab].py", "/w/c.py", True),
        ("[z-a].py", "/w/z.py", False),
        ("*.py", "C:\\w\\a.py", True),
        ("# comment", "/w/# comment", False),
        ("  ", "/w/a.py", False),
        ("a+b(c).py", "/w/a+b(c).py", True),
    ],
)
def test_patterns_read_as_in_gitignore(pattern: str, path: str, excluded: bool) -> None:
    assert (excluded_by(path, [pattern]) is not None) is excluded


def test_a_later_pattern_takes_files_out_again() -> None:
    assert excluded_by("/w/a.py", ["*.py", "!a.py"]) is None
    assert excluded_by("/w/b.py", ["*.py", "!a.py"]) == "privacy.exclude has '*.py'"


def test_the_user_cannot_take_secrets_out() -> None:
    """A negated pattern speaks about the user's own patterns; what looks like a secret stays out."""
    assert excluded_by("/w/.env", ["!.env"]) is not None
