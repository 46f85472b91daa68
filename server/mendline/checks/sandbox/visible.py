"""What a confined tool can see beside its scratch folder: the system's programs, and the toolchain it belongs to.

The home folder is nowhere in it. A toolchain inside of it (`~/.pyenv/versions/…`, `~/.cargo/bin`) is seen in parts:
beside programs, `~/.local` and its like hold keyrings and tokens.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import pwd

SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix/store",
    "/sys",
    "/run/current-system",
)
"""Read and executed."""

CONFIGURATION = tuple(
    f"/etc/{name}"
    for name in (
        *("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "ld-musl-x86_64.path", "ld-musl-aarch64.path", "alternatives"),
        *("passwd", "group", "nsswitch.conf", "hosts", "host.conf", "gai.conf", "protocols", "services"),
        *("localtime", "timezone", "locale.alias", "locale.conf", "os-release", "machine-id", "mime.types"),
        *("ssl/certs", "ssl/openssl.cnf", "ca-certificates", "pki/tls/certs", "crypto-policies", "fonts", "terminfo"),
        *("java", "java-11-openjdk", "java-17-openjdk", "java-21-openjdk", "java-25-openjdk", "static", "profiles"),
    )
)
"""What programs look up there; the rest holds passwords' hashes and keys, which root could read."""

PROCESSES = "/proc"
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")

_PROGRAMS = frozenset({"bin", "sbin", ".bin", "libexec", "Scripts"})
_PARTS = ("bin", "lib", "lib64", "libexec", "include")
_SHALLOW = 2
_FIRST_LINE = 256
_VENV = "pyvenv.cfg"


def of_program(program: Path) -> tuple[Path, ...]:
    """Return what a program needs in order to start, without what is the system's: folders, or the program alone.

    Follows links one by one, since each must exist, and from a Python environment to the installation it was made from.
    A script needs its interpreter, too; what is named there counts where it is the user's own: this one, or the one of
    that name in PATH. Otherwise a project could open any folder by a script's first line.
    """
    found: dict[Path, None] = {}
    interpreter = _interpreter(program)
    for link in (*_links(program), *(_links(interpreter) if interpreter is not None else ())):
        if link.parent.name not in _PROGRAMS:
            # No installation: what lies two folders above it may be anything, `/tmp` say.
            found[link] = None
            continue
        for folder in _installation(link.parent.parent):
            found[folder] = None
    return tuple(folder for folder in found if not _is_system(folder))


def system() -> tuple[str, ...]:
    """Return what is read of the system; not a folder that someone has made their home in."""
    return tuple(path for path in SYSTEM if os.path.exists(path) and not holds_home(Path(path)))


def homes() -> tuple[Path, ...]:
    """Return the user's home folder, as the environment and as the system have it."""
    told = [Path.home()]
    if sys.platform != "win32":
        told.append(Path(pwd.getpwuid(os.getuid()).pw_dir))
    return tuple({each.resolve(): None for each in told})


def holds_home(folder: Path) -> bool:
    """Whether a home folder is in a folder, or is it."""
    real = folder.resolve()
    return any(home.is_relative_to(real) for home in homes())


def _interpreter(script: Path) -> Path | None:
    """The program that a script's first line names, where the user has it."""
    try:
        with script.open("rb") as file:
            first, _, _ = file.read(_FIRST_LINE).partition(b"\n")
    except OSError:
        return None
    words = first.removeprefix(b"#!").decode("utf-8", "replace").split() if first.startswith(b"#!") else []
    if words and Path(words[0]).name == "env":
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    if not words:
        return None
    own = Path(sys.executable)
    of_that_name = shutil.which(Path(words[0]).name)
    named = Path(words[0]) if "/" in words[0] else Path(of_that_name or words[0])
    if named.resolve() == own.resolve():
        return own
    return named.resolve() if of_that_name is not None and named.resolve() == Path(of_that_name).resolve() else None


def _links(path: Path) -> Iterator[Path]:
    for _ in range(40):
        yield path
        if not path.is_symlink():
            return
        path = Path(os.path.normpath(path.parent.resolve() / path.readlink()))


def _installation(prefix: Path) -> Iterator[Path]:
    """Yield what belongs to an installation, from the folder above its programs'."""
    if (prefix / _VENV).is_file():
        yield prefix
        for line in (prefix / _VENV).read_text("utf-8", "replace").splitlines():
            name, _, value = line.partition("=")
            if name.strip() == "home" and value.strip():
                base = Path(value.strip())
                yield from _parts(base.parent)
                yield from _parts(base.resolve().parent)
    else:
        yield from _parts(prefix)


def _parts(prefix: Path) -> Iterator[Path]:
    inside = any(prefix.resolve().is_relative_to(home) for home in homes())
    # A folder right under the root holds more than an installation.
    if inside or holds_home(prefix) or len(prefix.resolve().parts) <= _SHALLOW:
        yield from (prefix / part for part in _PARTS if (prefix / part).is_dir())
    else:
        yield prefix


def _is_system(folder: Path) -> bool:
    return any(folder.is_relative_to(each) for each in (*SYSTEM, *CONFIGURATION))
