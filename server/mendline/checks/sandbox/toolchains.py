"""What toolchains need to see and to be told in the sandbox, where there is no home folder to find it in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from attrs import frozen

_CARGO_PARTS: Final = ("bin", "registry", "git")
"""Of cargo's folder; beside them lie tokens (`credentials.toml`)."""
_RUSTUP_PARTS: Final = ("toolchains", "settings.toml", "update-hashes")


@frozen
class Toolchain:
    """What one needs.

    Attributes:
        readable: folders and files.
        environment: variables.
    """

    readable: tuple[Path, ...]
    environment: dict[str, str]


def rust(target: Path) -> Toolchain:
    """What cargo needs, without a network.

    Args:
        target: where it puts what it builds.
    """
    cargo, rustup = _folder("CARGO_HOME", ".cargo"), _folder("RUSTUP_HOME", ".rustup")
    seen = (*(cargo / part for part in _CARGO_PARTS), *(rustup / part for part in _RUSTUP_PARTS))
    environment = {
        "CARGO_HOME": str(cargo),
        "RUSTUP_HOME": str(rustup),
        "CARGO_TARGET_DIR": str(target),
        "CARGO_NET_OFFLINE": "true",
        "CARGO_TERM_COLOR": "never",
        "RUST_BACKTRACE": "0",
    }
    return Toolchain(tuple(path for path in seen if path.exists()), environment)


def go(cache: Path) -> Toolchain:
    """What Go needs, without a network.

    Args:
        cache: where it puts what it builds. Not one that is used outside of the sandbox.
    """
    path = _folder("GOPATH", "go")
    modules = Path(os.environ.get("GOMODCACHE") or path / "pkg" / "mod")
    environment = {
        "GOCACHE": str(cache),
        "GOPATH": str(path),
        "GOMODCACHE": str(modules),
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "",
        "GOENV": "off",
        "GOTELEMETRY": "off",
        "CGO_ENABLED": "0",
    }
    return Toolchain((modules,) if modules.is_dir() else (), environment)


def _folder(variable: str, name: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / name)
