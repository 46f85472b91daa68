"""Grammars from the per-language wheels, loaded when first asked for and kept.

A wheel that is missing or broken costs its language the parse and nothing else: `grammar_status` has the reason.
"""

from __future__ import annotations

import importlib
import importlib.metadata
from functools import cache

import tree_sitter
from attrs import frozen

from mendline.syntax.languages import Grammar, Language


@frozen
class GrammarStatus:
    """Whether a language can be parsed here.

    Attributes:
        package: the wheel its grammar comes from.
        version: the wheel's version, None where it is not installed.
        reason: why there is no grammar, None where there is one.
    """

    package: str
    version: str | None
    reason: str | None

    @property
    def loaded(self) -> bool:
        """Whether the grammar works."""
        return self.reason is None


def grammar_of(language: Language) -> tree_sitter.Language | None:
    """The language's grammar, or None where its wheel is missing or does not load."""
    return _load(language.grammar)[0]


def grammar_status(language: Language) -> GrammarStatus:
    """Load the language's grammar, if that was not done yet, and say how it went."""
    package = language.grammar.package
    return GrammarStatus(package, _version(package), _load(language.grammar)[1])


@cache
def _load(grammar: Grammar) -> tuple[tree_sitter.Language | None, str | None]:
    try:
        loaded = tree_sitter.Language(getattr(importlib.import_module(grammar.module), grammar.function)())
    except ModuleNotFoundError:
        return None, f"the package {grammar.package} is not installed"
    except (ImportError, AttributeError, OSError, TypeError, ValueError) as error:
        return None, f"the package {grammar.package} does not load: {' '.join(str(error).split())}"
    return loaded, None


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
