from __future__ import annotations

from pathlib import Path

import pytest

from mendline.context.assembly import assemble
from support.packages import related, shown

APP = """
--- pkg/app.py
import os
from . import util as u
from .lib import (
    one,
    two,
)
import new

os.getcwd()

def f():
    u.read()
    ˇ
"""


def test_those_of_names_nearby_first_then_those_not_used_yet(tmp_path: Path) -> None:
    assert shown(related(tmp_path, APP), "ownImports") == [
        "pkg/app.py: from . import util as u",
        "pkg/app.py: from .lib import ( one, two, )",
        "pkg/app.py: import new",
        "pkg/app.py: import os",
    ]


def test_those_in_the_window_are_not_shown_again(tmp_path: Path) -> None:
    found = related(tmp_path, APP)
    window = APP.partition("from . import util as u\n")[2]
    (part,) = assemble(found, 1000, window)
    assert part.chunk.text == "import os\nfrom . import util as u\n"
    assert part.chunk.path == found.path == "pkg/app.py"
    assert assemble(found, 1000, APP) == ()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("app.ts", "import { a } from './a';\n\nˇ", ["app.ts: import { a } from './a';"]),
        ("app.go", 'package a\n\nimport "fmt"\n\nˇ', ['app.go: import "fmt"']),
        ("app.rs", "use std::fmt;\nfn f() {}\nˇ", ["app.rs: use std::fmt;"]),
        ("app.c", "#include <a.h>\nint used;\nˇ", ["app.c: #include <a.h>"]),
        ("app.py", "x = 1\nˇ", []),
    ],
)
def test_in_all_languages(tmp_path: Path, name: str, text: str, expected: list[str]) -> None:
    assert shown(related(tmp_path, f"--- {name}\n{text}"), "ownImports") == expected
