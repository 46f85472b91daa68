"""A text that is begun for the model: with a name that the code below the cursor uses and nothing defines.

Where the rest of a function returns `total` and no line of it says what that is, the line at the cursor is likely the
one that does. A small model seldom sees that by itself: it reads on from above. With `total =` written for it, it only
has to say what.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection
from typing import Final

import attrs
from attrs import frozen

from mendline.engine.protocol import FillRequest, Token
from mendline.features.completion.judging import Verdict
from mendline.features.completion.place import Place
from mendline.features.completion.shape import Shape, Span
from mendline.features.completion.site import Site, indentation
from mendline.features.completion.streaming import End, Generation

BEGINNING: Final = "beginning"
"""What leaving this out is called."""

_ECMASCRIPT: Final = ("javascript", "javascriptreact", "typescript", "typescriptreact")
_MODULES: Final = {
    "python": sys.stdlib_module_names | {"np", "pd", "plt", "sns", "tf", "torch", "nx"},
    **dict.fromkeys(_ECMASCRIPT, frozenset({"React", "ReactDOM", "fs", "path", "os", "util", "http", "crypto", "_"})),
}
"""What such a name stands for where something of it is used and nothing defines it."""


@frozen
class Beginning:
    """What is written for the model.

    Attributes:
        text: from the cursor on, without a space at its end.
        name: what it begins to define.
    """

    text: str
    name: str

    def request(self, shown: FillRequest) -> FillRequest:
        """Return the request for what follows it."""
        return attrs.evolve(shown, prefix=shown.prefix + self.text)

    def end(self, stop: End) -> End:
        """Return what finds the end of what follows, given what finds it in a text at the cursor."""

        def find(text: str) -> int | None:
            found = stop(self.text + text)
            return None if found is None else max(0, found - len(self.text))

        return find

    def whole(self, generation: Generation) -> Generation:
        """Return the generation as if the model had written the beginning, too. It is as sure as it is of the rest."""
        end = None if generation.end is None else generation.end + len(self.text)
        sure = generation.tokens[0].logprob if generation.tokens else 0.0
        tokens = (Token(self.text, sure), *generation.tokens)
        return attrs.evolve(generation, raw=self.text + generation.raw, end=end, tokens=tokens)

    def led_to(self, verdict: Verdict) -> bool:
        """Whether the whole text may be shown, and defines the name."""
        return not (verdict.refused or verdict.cut) and self.name not in (*verdict.needed, *verdict.undefined)


def beginning(place: Place, span: Shape, needed: Collection[str]) -> Beginning | None:
    """Return how a text begins that defines the first of some names; None where that can't be told.

    Only on a line of its own, and not above a body: that asks for a header.

    Args:
        place: the cursor.
        span: how far the text may reach.
        needed: names that the code below uses, in its order, and that exist nowhere.
    """
    site = place.site
    margin = _margin(site)
    if margin is None or place.selected is not None:
        return None
    for name in needed:
        use = re.search(rf"(?<![\w.]){re.escape(name)}\b(?:\s*(?P<then>\S))?", "\n".join(site.following))
        if use is None:
            return None
        if use["then"] != "." or name not in _MODULES.get(site.language_id, ()):
            words = _words(name, site, called=use["then"] == "(")
            fits = words and (use["then"] != "(" or span.span is Span.BLOCK)
            return Beginning(margin + words, name) if fits else None
        # An import is missing, further up.
    return None


def _words(name: str, site: Site, *, called: bool) -> str:
    """What defines a name, as far as its value or its parameters; empty in a language where that isn't known."""
    if site.language_id == "python":
        return f"def {name}(" if called else f"{name} ="
    if site.language_id in _ECMASCRIPT:
        return f"function {name}(" if called else f"{_keyword(name, site)} {name} ="
    return ""


def _margin(site: Site) -> str | None:
    """The white space that is still to be written before the text; None where no statement can be told to stand."""
    following, previous = site.next_line, site.previous_line
    if site.before.strip() or site.rest.strip() or not following:
        return None
    columns = indentation(following)
    if site.before:
        return "" if columns <= indentation(site.before) else None
    opens = site.opens_block(previous) and columns <= indentation(previous)
    if opens or columns < indentation(previous):
        return None
    return following[: len(following) - len(following.lstrip(" \t"))]


def _keyword(name: str, site: Site) -> str:
    assigned = rf"(?<![\w.]){re.escape(name)}\s*(?:(?:[-+*/%&|^?]|\*\*|<<|>>>?|&&|\|\||\?\?)?=(?![=>])|\+\+|--)"
    return "let" if re.search(assigned, "\n".join(site.following)) else "const"
