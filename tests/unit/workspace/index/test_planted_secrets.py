"""Secrets planted in a workspace, looked for in all that its index leaves on disk."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from mendline.workspace.index.once import update_once
from mendline.workspace.index.place import place_of
from mendline.workspace.index.reader import StoredIndex
from support.indexed import write_files

# Put together here, so that no scanner takes them for real ones.
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
LIVE = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"
STORED = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYz9hQ2mX1Kd"
CHOSEN = "hunter2-Tr0ub4dor"
IN_A_URL = "s3cr3tPazz"
KEY = "MIIEowIBAAKCAQEA7Zq3vZ1lXyQ0b8nT5mR2cK9dJ4fW6hS1gP0oL3iU8yE7tR5q"
NEVER_READ = "plainTextOfAnIgnoredFile"
SECRETS = (TOKEN.removeprefix("ghp_"), LIVE.removeprefix("sk_live_"), STORED, CHOSEN, IN_A_URL, KEY, NEVER_READ)

BLOCK = f"-----BEGIN RSA PRIVATE KEY-----\n{KEY}\n-----END RSA PRIVATE KEY-----"
FILES = {
    "a.py": f'''"""Made with {TOKEN}."""
TOKEN = "{TOKEN}"
aws_secret_access_key = "{STORED}"

def connect(password="{CHOSEN}", url="postgres://me:{IN_A_URL}@db/x"):
    """Connect with {LIVE}."""
    pem = """{BLOCK}"""
    return open_it(url, password, pem, "{LIVE}")
''',
    "b.ts": f'''export const apiKey = "{LIVE}";
export function load(t = "{TOKEN}") {{
  return get(t, `{BLOCK}`);
}}
''',
    "c.go": f'''package c

const Password = "{CHOSEN}"

// Load needs {TOKEN}.
func Load() string {{ return "{LIVE}" }}
''',
    ".gitignore": "local.py\n",
    "local.py": f"def {NEVER_READ}(): return 1\n",
    "secrets.toml": f"{NEVER_READ} = 1\n",
    ".env": f"{NEVER_READ}=1\n",
}


def test_no_secret_is_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENDLINE_STATE_DIR", str(tmp_path / "state"))
    write_files(tmp_path / "work", FILES)
    state = update_once(tmp_path / "work", (), lambda _state: None)
    assert (state.files, StoredIndex.of(tmp_path / "work").knows("connect")) == (3, True)
    folder = place_of(tmp_path / "work").folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        # The words that are searched are kept in lower case.
        content = file.read_bytes().lower()
        assert [secret for secret in SECRETS if secret.lower().encode() in content] == []
