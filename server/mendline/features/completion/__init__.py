"""Inline suggestions: the text a user would have typed next, or silence with a reason."""

from mendline.features.completion.outcome import (
    Outcome,
    Rejection,
    RejectReason,
    Section,
    SelectedCompletion,
    Step,
    Suggestion,
    Timings,
    Trigger,
)
from mendline.features.completion.pipeline import OMITTABLE, complete
from mendline.features.completion.prefilled import Prefilled
from mendline.features.completion.warming import unwarmed, warm

__all__ = [
    "OMITTABLE",
    "Outcome",
    "Prefilled",
    "RejectReason",
    "Rejection",
    "Section",
    "SelectedCompletion",
    "Step",
    "Suggestion",
    "Timings",
    "Trigger",
    "complete",
    "unwarmed",
    "warm",
]
