"""What `mendline doctor` says of executing code of a repository."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from mendline.checks.sandbox.confining import LABELS, best_way
from mendline.checks.sandbox.launcher.order import BUBBLEWRAP, LANDLOCK, PLAIN
from mendline.cli.doctor.findings import Finding, Level
from mendline.workspace.trust import TrustedFolders, TrustError

_ADVICE = {
    BUBBLEWRAP: "",
    LANDLOCK: "Tests that listen on a port fail there; they run where bubblewrap (`bwrap`) is installed and works.",
    PLAIN: "Tests of a folder that you trust can do what you can; install bubblewrap (`bwrap`) to keep them in.",
}


def trust_and_sandbox(root: Path) -> Iterable[Finding]:
    """Say whether this folder's code may be executed, and by what it is confined then."""
    trusted = TrustedFolders.of_user()
    try:
        trusted.folders()
    except TrustError as error:
        yield Finding("trusted folders", "unusable", Level.ATTENTION, str(error))
    if trusted.holds(root):
        yield Finding("this folder", "trusted: its tests are executed to check repairs")
    else:
        yield Finding("this folder", "not trusted: nothing in it is executed (`mendline trust` changes that)")
    way = best_way()
    yield Finding("sandbox", LABELS[way], Level.OK if way == BUBBLEWRAP else Level.NOTE, _ADVICE[way])
