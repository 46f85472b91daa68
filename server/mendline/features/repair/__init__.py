"""Repairs that were checked before they are offered.

Reading order: `problem` and `region` (what is repaired), `proposals/` and `proposing` (candidates), `judging` and
`loss` (what the checks make of them), `pipeline` (the whole), `outcome`, `titles` and `explaining` (what is told).
"""

from mendline.features.repair.explaining import markdown
from mendline.features.repair.outcome import Attempt, Explanation, Repair
from mendline.features.repair.pipeline import Progress, budget_of, offer, options_of, repair
from mendline.features.repair.problem import Problem
from mendline.features.repair.proposing import Options
from mendline.search import Budget

__all__ = [
    "Attempt",
    "Budget",
    "Explanation",
    "Options",
    "Problem",
    "Progress",
    "Repair",
    "budget_of",
    "markdown",
    "offer",
    "options_of",
    "repair",
]
