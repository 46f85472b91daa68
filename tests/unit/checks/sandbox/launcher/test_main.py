"""The launcher's process has the standard library and this package, and nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import mendline

ASKED = """
import sys
sys.path.append(sys.argv[1])
before = set(sys.modules)
import mendline.checks.sandbox.launcher.main
print(*sorted(set(sys.modules) - before), sep="\\n")
"""


def test_it_imports_little() -> None:
    root = str(Path(mendline.__file__).parents[1])
    loaded = subprocess.run([sys.executable, "-I", "-S", "-c", ASKED, root], capture_output=True, text=True, check=True)
    names = loaded.stdout.split()
    own = [name for name in names if name.startswith("mendline.")]
    assert all("mendline.checks.sandbox.launcher".startswith(name) or ".launcher." in name for name in own)
    # Each of these takes as long as all of the launcher's modules.
    assert not {"enum", "functools", "typing", "collections", "socket", "json", "attr"} & set(names)
