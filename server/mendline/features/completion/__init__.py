"""Inline suggestions: the text a user would have typed next, or silence with a reason."""

from mendline.features.completion.acceptance import Background, accepted
from mendline.features.completion.asked import Asked
from mendline.features.completion.examples import RunsExamples
from mendline.features.completion.listening import Overheard
from mendline.features.completion.outcome import (
    Outcome,
    Rejection,
    RejectReason,
    Section,
    SelectedCompletion,
    Source,
    Step,
    Suggestion,
    Timings,
    Trigger,
)
from mendline.features.completion.pipeline import OMITTABLE, complete
from mendline.features.completion.prefilled import Prefilled
from mendline.features.completion.recent import Made, Recent
from mendline.features.completion.replacing import gives_way
from mendline.features.completion.silence import silence
from mendline.features.completion.typethrough import remainder
from mendline.features.completion.warming import unwarmed, warm

__all__ = [
    "OMITTABLE",
    "Asked",
    "Background",
    "Made",
    "Outcome",
    "Overheard",
    "Prefilled",
    "Recent",
    "RejectReason",
    "Rejection",
    "RunsExamples",
    "Section",
    "SelectedCompletion",
    "Source",
    "Step",
    "Suggestion",
    "Timings",
    "Trigger",
    "accepted",
    "complete",
    "gives_way",
    "remainder",
    "silence",
    "unwarmed",
    "warm",
]
