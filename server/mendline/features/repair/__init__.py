"""Repairs that were checked before they are offered.

Reading order: `problem` and `region` (what is repaired), `proposals/` and `proposing` (candidates), `judging` and
`loss` (what the checks make of them), `pipeline` (the whole), `whole_file` (one problem after the
other), `outcome`, `titles` and `explaining` (what is told).

All of it, with the checks, takes some 0.2 s to import. So each name is imported when it is first used: the language
server starts without them, and `load` imports all of them where nobody waits.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mendline.features.repair.candidate import MODEL
    from mendline.features.repair.explaining import markdown, why_nothing
    from mendline.features.repair.outcome import Attempt, Explanation, Repair
    from mendline.features.repair.pipeline import Progress, budget_of, options_of, repair
    from mendline.features.repair.problem import Problem
    from mendline.features.repair.proposing import Options
    from mendline.features.repair.whole_file import Step, Way, Whole, repair_all
    from mendline.features.repair.words import offered
    from mendline.search import Budget
else:
    _PLACES = {
        "MODEL": "mendline.features.repair.candidate",
        "Attempt": "mendline.features.repair.outcome",
        "Budget": "mendline.search",
        "Explanation": "mendline.features.repair.outcome",
        "Options": "mendline.features.repair.proposing",
        "Problem": "mendline.features.repair.problem",
        "Progress": "mendline.features.repair.pipeline",
        "Repair": "mendline.features.repair.outcome",
        "Step": "mendline.features.repair.whole_file",
        "Way": "mendline.features.repair.whole_file",
        "Whole": "mendline.features.repair.whole_file",
        "budget_of": "mendline.features.repair.pipeline",
        "markdown": "mendline.features.repair.explaining",
        "offered": "mendline.features.repair.words",
        "options_of": "mendline.features.repair.pipeline",
        "repair": "mendline.features.repair.pipeline",
        "repair_all": "mendline.features.repair.whole_file",
        "why_nothing": "mendline.features.repair.explaining",
    }

    def __getattr__(name: str) -> object:
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(importlib.import_module(_PLACES[name]), name)


def load() -> None:
    """Import everything that a repair takes; for a thread."""
    importlib.import_module("mendline.features.repair.whole_file")


__all__ = [
    "MODEL",
    "Attempt",
    "Budget",
    "Explanation",
    "Options",
    "Problem",
    "Progress",
    "Repair",
    "Step",
    "Way",
    "Whole",
    "budget_of",
    "load",
    "markdown",
    "offered",
    "options_of",
    "repair",
    "repair_all",
    "why_nothing",
]
