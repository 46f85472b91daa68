"""How sound a text is, judged apart from the code that suggestions go through: parsed from nothing, counted here."""

from __future__ import annotations

import ast
import warnings

import tree_sitter
from attrs import frozen

from mendline.syntax.grammars import grammar_of
from mendline.syntax.hazards import is_hazardous
from mendline.syntax.languages import Language


@frozen
class Soundness:
    """What two parsers say of a text.

    Attributes:
        errors: ERROR and MISSING nodes of a tree-sitter tree parsed from nothing; None where there is no grammar.
        parses: whether the language's own parser takes the text; None where Mendline has none at hand (all languages
            but Python).
    """

    errors: int | None
    parses: bool | None = None

    @property
    def is_sound(self) -> bool:
        """Whether no parser finds anything wrong."""
        return not self.errors and self.parses is not False

    def is_broken_from(self, before: Soundness) -> bool:
        """Whether an edit that led from `before` to this added an error.

        It did if there are more ERROR and MISSING nodes than before, or if the language's own parser took the text
        before and doesn't now. Where text was broken already, leaving it as broken is no fault of the edit.
        """
        more = self.errors is not None and before.errors is not None and self.errors > before.errors
        return more or (before.parses is True and self.parses is False)


def soundness(text: str, language: Language) -> Soundness:
    """Parse a text; lone surrogates count as U+FFFD."""
    parses = _is_python(text) if language.id == "python" else None
    return Soundness(_errors(text.encode("utf-8", "replace"), language), parses)


def _errors(source: bytes, language: Language) -> int | None:
    grammar = grammar_of(language)
    if grammar is None or is_hazardous(language, source):
        return None
    pending = [tree_sitter.Parser(grammar).parse(source).root_node]
    errors = 0
    while pending:
        node = pending.pop()
        # The characters that an ERROR did not expect are ERRORs without an error of their own: they count once.
        errors += node.has_error and (node.is_error or node.is_missing)
        if node.has_error:
            pending.extend(node.children)
    return errors


def _is_python(text: str) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
