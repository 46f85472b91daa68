"""The loop that repair and generation share: propose, evaluate, feed back. It knows neither a model nor a check.

Reading order: `model` (the values), `budget` (what may be spent), `loop` (the search itself).
"""

from mendline.search.budget import Budget, Meter
from mendline.search.loop import Evaluate, Observe, Propose, search
from mendline.search.model import Batch, Ending, Fate, Found, Trial, Verdict

__all__ = [
    "Batch",
    "Budget",
    "Ending",
    "Evaluate",
    "Fate",
    "Found",
    "Meter",
    "Observe",
    "Propose",
    "Trial",
    "Verdict",
    "search",
]
