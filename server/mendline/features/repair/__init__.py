"""Repairs that were checked before they are offered.

Reading order: `problem` and `region` (what is repaired), `proposals/` and `proposing` (candidates), `judging` and
`loss` (what the checks make of them), `pipeline` (the whole), `whole_file` (one problem after the
other), `outcome`, `titles` and `explaining` (what is told).
"""

from mendline.features.repair.candidate import MODEL
from mendline.features.repair.explaining import markdown, why_nothing
from mendline.features.repair.outcome import Attempt, Explanation, Repair
from mendline.features.repair.pipeline import Progress, budget_of, offer, options_of, repair
from mendline.features.repair.problem import Problem
from mendline.features.repair.proposing import Options
from mendline.features.repair.whole_file import Step, Way, Whole, repair_all
from mendline.search import Budget

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
    "markdown",
    "offer",
    "options_of",
    "repair",
    "repair_all",
    "why_nothing",
]
