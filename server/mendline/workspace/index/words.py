"""The words of code: identifiers, whole and taken apart, in lower case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

_IDENTIFIER: Final = re.compile(r"[^\W\d]\w+")
_LONGEST: Final = 60
_BORDER: Final = re.compile(r"_+|(?<=[^\W_A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[^\W\d_])(?=\d)")

# What stands in nearly every file of some language says nothing of this one.
_KEYWORDS: Final = """
    abstract and any args as assert async auto await bool boolean break case catch char class const constexpr continue
    def default del do done double elif else end enum esac export extends extern false fi final finally float fn for
    from func function global go goto if impl implements import in include inline instanceof int interface internal is
    kwargs lambda let local long loop match mod module mut namespace new nil none not null object of or override
    package pass pub private protected public raise readonly ref require return self short sizeof static str string
    struct super switch template then this throw throws trait true try type typedef typeof undefined union unsigned use
    using val var virtual void volatile when where while with yield
"""
COMMON: Final = frozenset(_KEYWORDS.split())


def words_of(text: str) -> Iterator[str]:
    """The words of a text in their order, repeated as they are there: for `readConfig` also `read` and `config`."""
    for identifier in _IDENTIFIER.findall(text):
        yield from parts_of(identifier)


def asked_words(words: Iterable[str]) -> tuple[str, ...]:
    """The words that are looked for when some identifiers are asked for; each once, in their order."""
    return tuple(dict.fromkeys(part for word in words for part in words_of(word)))


@lru_cache(maxsize=100_000)
def parts_of(identifier: str) -> tuple[str, ...]:
    """An identifier and the words it is made of; nothing for words that say nothing, or are no words."""
    if len(identifier) > _LONGEST:
        return ()
    whole = identifier.lower().strip("_")
    parts = [part.lower() for part in _BORDER.split(identifier) if len(part) > 1 and not part.isdigit()]
    found = [whole, *(part for part in parts if part != whole)]
    return tuple(word for word in found if len(word) > 1 and word not in COMMON)
