from __future__ import annotations

from pathlib import Path

import pytest

from mendline.context.refusing import refusing


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("app.py", False),
        ("made/app.py", True),
        ("sub/local.py", True),
        ("sub/own.py", True),
        (".env", True),
        ("app.sql", True),
        ("dist/app.js", True),
        # Ignored by everybody, and what imports lead to.
        (".venv/lib/python3.12/site-packages/dep/__init__.py", False),
        ("node_modules/dep/index.d.ts", False),
        ("node_modules/dep/.npmrc", True),
        ("../elsewhere.py", False),
        ("../elsewhere.pem", True),
    ],
)
def test_what_is_nobodys_context(tmp_path: Path, path: str, refused: bool) -> None:
    folder = tmp_path / "w"
    (folder / "sub").mkdir(parents=True)
    (folder / ".gitignore").write_text("made/\n")
    (folder / ".mendlineignore").write_text("local.py\n")
    (folder / "sub" / ".gitignore").write_text("own.py\n")
    assert refusing((folder,), ("*.sql",))((folder / path).resolve()) is refused


def test_a_link_to_what_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "w"
    (folder / "made").mkdir(parents=True)
    (tmp_path / "private").mkdir()
    (folder / ".gitignore").write_text("made/\n")
    (folder / "inside").symlink_to(folder / "made")
    (folder / "outside").symlink_to(tmp_path / "private")
    refused = refusing((folder,), ("private/",))
    assert refused(folder / "inside" / "app.py")
    assert refused(folder / "outside" / "app.py")
    assert not refused(folder / "app.py")
