"""Go's programs: their asserts are those of a module, testify, which is taken from where Debian has it, or from GOPATH.

They are functions without a package and without imports: those are put before them, as Go's editors do.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from attrs import evolve

from mendline.checks.sandbox.confining import confined
from mendline.checks.sandbox.toolchains import Toolchain, go
from mendline.checks.scratch import lasting_folder
from mendline.evaluation.repair.compiled import Tongue

_TESTIFY: Final = "github.com/stretchr/testify/assert"
_SYSTEM: Final = Path("/usr/share/gocode")
_PACKAGES: Final = (
    "bytes", "crypto/md5", "errors", "fmt", "math", "math/big", "math/bits", "math/rand", "regexp", "sort", "strconv",
    "strings", "testing", "time", "unicode", "unicode/utf8", _TESTIFY,
)  # fmt: skip
_IMPORTS: Final = re.compile(r"^import\s*(?:\([^)]*\)|(?:\w+\s+)?\"[^\"]*\")\s*?$|^package \w+$", re.MULTILINE)
_QUIET: Final = re.compile(r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|`[^`]*`", re.DOTALL)
_BUILD: Final = ("go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-o", "program", "main_test.go")
_MOST_SAID: Final = 300
_WARMING_SECONDS: Final = 600.0


def missing() -> tuple[str, ...]:
    """What is not installed beside Go itself."""
    return () if _path() is not None else ("testify (on Debian: golang-github-stretchr-testify-dev)",)


def _path() -> Path | None:
    """The folder of GOPATH that has testify."""
    own = (Path(each) for each in os.environ.get("GOPATH", "").split(os.pathsep) if os.path.isabs(each))
    return next((each for each in (*own, _SYSTEM) if (each / "src" / _TESTIFY).is_dir()), None)


def _toolchain(_: Path) -> Toolchain:
    """What Go needs: what it has compiled of itself and of testify is read only, no program can change it."""
    cache = _warm()
    found = _told(cache)
    return evolve(found, readable=(*found.readable, cache))


def _told(cache: Path) -> Toolchain:
    path = _path() or _SYSTEM
    found = go(cache)
    environment = {**found.environment, "GO111MODULE": "off", "GOPATH": str(path)}
    return Toolchain((path,), environment)


@functools.cache
def _warm() -> Path:
    """Have Go compile its packages and testify, which takes it much longer than a program; into a folder that stays.

    No program of a task or a model is compiled here.
    """
    # The sandbox's own folders lie beside the cache.
    place = lasting_folder() / "go-asserts"
    cache = place / "cache"
    cache.mkdir(mode=0o700, parents=True, exist_ok=True)
    uses = "".join(f'import _ "{each}"\n' for each in _PACKAGES)
    with tempfile.TemporaryDirectory(prefix="warming-", dir=place) as name:
        folder = Path(name)
        (folder / "main_test.go").write_text(f"package main\n{uses}", encoding="utf-8")
        toolchain = _told(cache)
        command = confined(_BUILD, writable=place, start=folder, readable=toolchain.readable, env=toolchain.environment)
        subprocess.run(
            command.argv,
            cwd=command.cwd,
            env=dict(command.env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_WARMING_SECONDS,
        )
    return cache


def _source(code: str) -> str:
    """Put package and imports before functions: all packages that they name, and no others, which Go refuses."""
    own = _IMPORTS.sub("", code)
    said = _QUIET.sub('""', own)
    used = [each for each in _PACKAGES if re.search(rf"(?<![\w.]){each.rsplit('/', 1)[-1]}\.", said)]
    imports = "".join(f"import {json.dumps(each)}\n" for each in used)
    return f"package main\n{imports}{own}\n"


def _tries(program: str, _: str, asserts: Sequence[str], mark: str) -> str:
    tries = "".join(
        f"\ttryOne{mark}({number}, func() (interface{{}}, interface{{}}) {{ return {_arguments(each)} }})\n"
        for number, each in enumerate(asserts)
    )
    return _source(
        f"{program}\n"
        f"func tryOne{mark}(number int, run func() (interface{{}}, interface{{}})) {{\n"
        '\tsaid := ""\n'
        "\tfunc() {\n"
        '\t\tdefer func() { if cause := recover(); cause != nil { said = fmt.Sprintf("it panics: %v", cause) } }()\n'
        "\t\twanted, found := run()\n"
        '\t\tif !assert.ObjectsAreEqual(wanted, found) { said = fmt.Sprintf("it is %#v", found) }\n'
        "\t}()\n"
        f"\tif len(said) > {_MOST_SAID} {{ said = said[:{_MOST_SAID}] }}\n"
        f'\tfmt.Printf("\\n{mark}[%d, %s]\\n", number, strconv.QuoteToASCII(said))\n'
        "}\n"
        f"func TestAsserts{mark}(_ *testing.T) {{\n{tries}}}\n"
    )


def _arguments(source: str) -> str:
    return source.removeprefix("assert.Equal(").removesuffix(")")


GO: Final = Tongue(
    "go",
    "main_test.go",
    _BUILD,
    ("sh", "-c", "exec ./program"),
    re.compile(r"\bassert\.Equal\("),
    _tries,
    lambda program, test: _source(f"{program}\n{test}"),
    toolchain=_toolchain,
)
