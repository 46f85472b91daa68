"""What is done to a candidate before it is judged: small functions in a fixed order, one file each.

A filter takes a `Candidate` and the `Site` it goes to. It gives the candidate back, changed or not, or a `Rejection`
that ends the matter. Cutting filters come first: the later ones then have less to look at and nothing to undo.
"""

from __future__ import annotations

from collections.abc import Callable

from mendline.features.completion.filters.blank import drop_blank
from mendline.features.completion.filters.candidate import Candidate
from mendline.features.completion.filters.comments import cut_comments
from mendline.features.completion.filters.deleted import drop_deleted
from mendline.features.completion.filters.following_lines import cut_following_lines
from mendline.features.completion.filters.indentation_style import match_indentation
from mendline.features.completion.filters.indentation_width import fit_indentation_width
from mendline.features.completion.filters.licence_header import cut_licence_header
from mendline.features.completion.filters.lines_below import cut_lines_below
from mendline.features.completion.filters.placeholder import drop_placeholder
from mendline.features.completion.filters.repetition import cut_repetition
from mendline.features.completion.filters.rest_of_line import fit_rest_of_line
from mendline.features.completion.filters.special_tokens import cut_special_tokens
from mendline.features.completion.filters.stub import drop_stub
from mendline.features.completion.filters.trailing_space import strip_trailing_space
from mendline.features.completion.outcome import Rejection
from mendline.features.completion.site import Site

__all__ = ["FILTERS", "Candidate", "Filter"]

Filter = Callable[[Candidate, Site], Candidate | Rejection]

FILTERS: tuple[Filter, ...] = (
    cut_special_tokens,
    cut_licence_header,
    cut_lines_below,
    cut_following_lines,
    cut_repetition,
    drop_stub,
    cut_comments,
    fit_rest_of_line,
    match_indentation,
    fit_indentation_width,
    strip_trailing_space,
    drop_placeholder,
    drop_deleted,
    drop_blank,
)
