"""What the server's start imports: nothing that only a repair takes."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mendline.features import repair as repairs

_PROGRAM = "import sys; import mendline.cli.serve; print(*sys.modules)"


def test_repairs_and_their_checks_are_not_imported_before_somebody_asks() -> None:
    said = subprocess.run([sys.executable, "-P", "-c", _PROGRAM], capture_output=True, text=True, check=True)
    imported = set(said.stdout.split())
    assert "mendline.lsp.repairing" in imported
    dear = {"mendline.checks.catalogue", "mendline.features.repair.pipeline", "mendline.search", "rapidfuzz"}
    assert not dear & imported
    assert not [name for name in imported if name.startswith("mendline.checks.verifiers")]


@pytest.mark.parametrize("name", repairs.__all__)
def test_each_name_of_the_package_is_there_when_it_is_used(name: str) -> None:
    assert getattr(repairs, name) is not None


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        getattr(repairs, "nothing_of_the_kind")  # noqa: B009
