from __future__ import annotations

import os
from pathlib import Path

import pytest

from mendline.context.files import MOST_BYTES
from mendline.context.related import gather
from mendline.context.surroundings import Surroundings
from support.cursor_text import snapshot_at
from support.packages import draw, related, shown

UTIL = '''
--- pkg/__init__.py
--- pkg/util.py
import os

LIMIT = 10

def read(path: str, *, strict: bool = False) -> bytes:
    """Read a file."""
    return b""

def _hidden(): ...

class Store(Base):
    """Keeps things."""
    size: int
    def __init__(self, size: int) -> None:
        self.size = size
    def get(self, key: str) -> bytes: ...
    def _grow(self): ...
'''
READ = 'pkg/util.py: def read(path: str, *, strict: bool = False) -> bytes: / """Read a file."""'
STORE = (
    'pkg/util.py: class Store(Base): / """Keeps things.""" / size: int / '
    "def __init__(self, size: int) -> None: ... / def get(self, key: str) -> bytes: ..."
)


@pytest.mark.parametrize(
    ("importer", "text", "expected"),
    [
        ("pkg/app.py", "from .util import read\nˇ", [READ]),
        ("pkg/app.py", "from pkg.util import read as r\nˇ", [READ]),
        ("app.py", "from pkg.util import read\nˇ", [READ]),
        ("pkg/deep/app.py", "from ..util import Store\nˇ", [STORE]),
        ("app.py", "from pkg.util import LIMIT\nˇ", ["pkg/util.py: LIMIT = 10"]),
        ("app.py", "from pkg.util import nothing\nˇ", []),
        ("app.py", "from nowhere import read\nˇ", []),
        ("app.py", "import os\nˇ", []),
        ("app.py", "from .... import read\nˇ", []),
        # What is used counts for more than what a module only offers; private names are nobody's offer.
        ("app.py", "import pkg.util\ndef f():\n    pkg.util.Store(1)\n    ˇ", [STORE, "pkg/util.py: LIMIT = 10"]),
        ("app.py", "from pkg import util as u\ndef f():\n    u.read('')\n    ˇ", [READ, "pkg/util.py: LIMIT = 10"]),
        ("app.py", "from pkg.util import *\ndef f():\n    read('')\n    ˇ", [READ, "pkg/util.py: LIMIT = 10"]),
    ],
)
def test_signatures_of_imported_names(tmp_path: Path, importer: str, text: str, expected: list[str]) -> None:
    found = shown(related(tmp_path, f"{UTIL}\n--- {importer}\n{text}"), "imports")
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)
    assert not any("_hidden" in each for each in found)


def test_names_are_followed_through_the_files_that_pass_them_on(tmp_path: Path) -> None:
    drawn = """
--- pkg/__init__.py
from .api import run as start
from ._all import *
--- pkg/api.py
from pkg.core.engine import run
--- pkg/core/__init__.py
--- pkg/core/engine.py
def run(steps): ...
--- pkg/_all.py
def stop(now): ...
--- app.py
from pkg import start, stop
ˇ
"""
    found = shown(related(tmp_path, drawn), "imports")
    assert found == ["pkg/core/engine.py: def run(steps): ...", "pkg/_all.py: def stop(now): ..."]


def test_files_that_pass_names_in_a_circle_end(tmp_path: Path) -> None:
    drawn = """
--- a.py
from b import x
--- b.py
from a import *
--- app.py
from a import x
ˇ
"""
    assert shown(related(tmp_path, drawn), "imports") == []


def test_what_is_not_used_yet_comes_first_then_what_is_used_nearby(tmp_path: Path) -> None:
    drawn = """
--- lib.py
def far(): ...
def near(): ...
def new(): ...
--- app.py
from lib import far, near, new

far()

def f():
    near()
    newˇ
"""
    assert [each.split("def ")[1] for each in shown(related(tmp_path, drawn), "imports")] == [
        "new(): ...",
        "near(): ...",
        "far(): ...",
    ]


def test_the_line_that_is_typed_changes_nothing(tmp_path: Path) -> None:
    drawn = "--- lib.py\ndef a(): ...\ndef b(): ...\n--- app.py\nfrom lib import a, b\n\ndef f():\n    {}ˇ\n"
    found = {shown(related(tmp_path, drawn.format(line)), "imports")[0] for line in ("", "b", "b()", "a(b(")}
    assert len(found) == 1


def test_installed_packages_of_the_workspaces_environment(tmp_path: Path) -> None:
    drawn = """
--- .venv/lib/python3.12/site-packages/dep/__init__.py
def call(x): return x
def other(): ...
--- .venv/lib/python3.12/site-packages/dep/__init__.pyi
def call(x: int) -> int: ...
--- own.py
def mine(): ...
--- app.py
from dep import call
from own import mine
import dep
dep.missing
ˇ
"""
    found = shown(related(tmp_path, drawn), "imports")
    # Stubs say more; the workspace's own come first; what was not asked for by name is left out.
    assert found == ["own.py: def mine(): ...", "dep/__init__.pyi: def call(x: int) -> int: ..."]


def test_an_open_document_counts_as_the_editor_has_it(tmp_path: Path) -> None:
    draw(tmp_path, "--- lib.py\ndef old(): ...\n--- app.py\nfrom lib import new\nˇ")
    edited, _ = snapshot_at("def new(): ...\nˇ", path=str(tmp_path / "lib.py"))
    surroundings = Surroundings(folders=(tmp_path,), open=(edited,))
    assert shown(related(tmp_path, "--- app.py\nfrom lib import new\nˇ", surroundings), "imports") == [
        "lib.py: def new(): ..."
    ]


def test_files_that_are_refused_or_too_large_are_not_read(tmp_path: Path) -> None:
    drawn = f"--- lib.py\ndef a(): ...\n--- big.py\ndef b(): ...\n{'#' * MOST_BYTES}\n--- app.py\n{{}}\nˇ"
    surroundings = Surroundings(folders=(tmp_path,), refused=lambda path: path.name == "lib.py")
    for line in ("from lib import a", "from big import b"):
        assert shown(related(tmp_path, drawn.format(line), surroundings), "imports") == []


def test_a_file_is_read_anew_when_it_changed(tmp_path: Path) -> None:
    surroundings = Surroundings(folders=(tmp_path,))
    drawn = "--- lib.py\ndef a({}): ...\n--- app.py\nfrom lib import a\nˇ"
    for number, parameter in enumerate(("one", "two")):
        draw(tmp_path, drawn.format(parameter))
        os.utime(tmp_path / "lib.py", (number, number))
        found = shown(related(tmp_path, "--- app.py\nfrom lib import a\nˇ", surroundings), "imports")
        assert found == [f"lib.py: def a({parameter}): ..."]


def test_an_unsaved_document_has_no_imports_to_find(tmp_path: Path) -> None:
    snapshot, offset = snapshot_at("import os\nˇ")
    assert gather(snapshot, offset, Surroundings(folders=(tmp_path,))).pieces == ()
