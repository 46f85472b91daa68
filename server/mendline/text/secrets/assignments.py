"""Secrets that are known by the name they are given to: `password = "…"`, `API_KEY: …`, `getenv("TOKEN", "…")`.

A name alone says little: code about tokens and passwords is full of harmless texts. So the value must look like one
that nobody would write by hand, or, for a password, like one that somebody would choose.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Final

from mendline.text.secrets.placeholder import placeholder

_HINTS: Final = ("passw", "pwd", "passphrase", "secret", "token", "key", "credential")

_WORDS: Final = (
    r"passw(?:or)?d|pwd|passphrase|secret|token|credentials?"
    r"|(?:api|access|auth|account|secret|private|signing|encryption|master|license|client|app|shared|storage|hmac|jwt)"
    r"[_-]?key"
)
# The word ends the name (`token_type` is not a token), which may be quoted, subscripted, annotated or an argument.
_NAME: Final = rf"(?P<name>(?i:{_WORDS}))(?:[_-]?[0-9]{{1,2}})?(?![A-Za-z0-9_-])"
_ANNOTATION: Final = r"(?:[ \t]*:[ \t]*[A-Za-z_][\w.\[\] |]{0,40}(?=[ \t]*=[^=]))?"
_GIVEN: Final = rf"{_NAME}[\"'`]?\]?\)?{_ANNOTATION}[ \t]*"
_QUOTED: Final = re.compile(
    _GIVEN + r"(?::=|=>|===?|!==?|=|:|,)[ \t]*"
    r"(?:[a-zA-Z]{0,2})(?P<quote>\"\"\"|'''|[\"'`])(?P<secret>(?:\\[^\r\n]|(?!(?P=quote))[^\\\r\n])*)"
)
_BARE: Final = re.compile(
    _GIVEN + r"(?::=|===?|!==?|=|:)[ \t]*(?P<secret>[^\s\"'`(){}\[\],;<>]{8,})(?=[ \t]*(?:[;,}#]|$|//))", re.MULTILINE
)

_LETTER: Final = re.compile(r"[A-Za-z]")
_DIGIT: Final = re.compile(r"[0-9]")
_MARK: Final = re.compile(r"[^A-Za-z0-9\s._/:-]")
# Texts that are filled in later or looked up elsewhere.
_TEMPLATE: Final = re.compile(
    r"\$\{|\{\{|\$\(|<[\w -]+>|%\(|%[sd]|^\$\w|^\{[\w.!:]*\}$|\*{3}|\.{3}"
    r"|^\.{0,2}/|^(?:https?|file|data|arn|vault|env|ref|op)[:/]"
)
# Made of words, with a short number at most: names, paths, kinds.
_READABLE: Final = re.compile(
    r"(?:[A-Z]?[a-z]{2,}+|[A-Z]{2,}+)[0-9]{0,2}+(?:[-_./: @]?(?:[A-Z]?[a-z]++|[A-Z]++)[0-9]{0,2}+)*+"
)
_DUMMIES: Final = frozenset(
    """
    a abc access admin api app auth bar baz change changeme client credential credentials default demo dev dummy empty
    example fake foo foobar for here hello in insert invalid is key letmein local me mock my name new none not null of
    old pass passwd password passphrase placeholder pwd qwerty random redacted replace root sample secret secure set
    some string super test testing tests the this to todo token unknown user username valid value wrong xx xxx xxxx your
    """.split()  # noqa: SIM905 (a paragraph of words reads better than a column of them)
)
_PARTS: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PASSWORD_NAMES: Final = ("passw", "pwd", "passphrase")
_LEAST_PASSWORD: Final = 6
_LEAST: Final = 10
_LEAST_BARE: Final = 12
_LEAST_ENTROPY: Final = 2.8
_LEAST_BARE_ENTROPY: Final = 3.2


def mask_assignments(text: str) -> str:
    """Replace the values in `text` that are secrets by the names they are given to."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS):
        return text
    text = _QUOTED.sub(_masked_quoted, text)
    return _BARE.sub(_masked_bare, text)


def _masked_quoted(found: re.Match[str]) -> str:
    secret = found["secret"]
    is_password = found["name"].lower().startswith(_PASSWORD_NAMES)
    return _masked(found) if (_is_password(secret) if is_password else _is_random(secret)) else found.group()


def _masked_bare(found: re.Match[str]) -> str:
    """Without quotes the value may be code: it must be as random as no name is."""
    secret = found["secret"]
    random = len(secret) >= _LEAST_BARE and _entropy(secret) >= _LEAST_BARE_ENTROPY and _is_random(secret)
    return _masked(found) if random and not _is_expression(secret) else found.group()


def _masked(found: re.Match[str]) -> str:
    whole, start = found.group(), found.start("secret") - found.start()
    end = found.end("secret") - found.start()
    return f"{whole[:start]}{placeholder(whole[start:end])}{whole[end:]}"


def _is_password(value: str) -> bool:
    """Whether somebody may have chosen `value` as a password: letters with digits or marks, no sentence, no dummy."""
    if len(value) < _LEAST_PASSWORD or re.search(r"\s", value) or _is_filled_in(value):
        return False
    mixed = _DIGIT.search(value) or _MARK.search(value)
    return _LETTER.search(value) is not None and mixed is not None and not _is_dummy(value)


def _is_random(value: str) -> bool:
    """Whether `value` looks like one that a machine made."""
    if len(value) < _LEAST or re.search(r"\s", value) or _is_filled_in(value):
        return False
    if not (_LETTER.search(value) and _DIGIT.search(value)) or _READABLE.fullmatch(value):
        return False
    return _entropy(value) >= _LEAST_ENTROPY and not _is_dummy(value)


def _is_filled_in(value: str) -> bool:
    return _TEMPLATE.search(value) is not None


def _is_dummy(value: str) -> bool:
    """Whether `value` is made of the words people put where a secret belongs."""
    words = _PARTS.findall(value)
    return bool(words) and all(word.lower() in _DUMMIES for word in words)


def _is_expression(value: str) -> bool:
    """Whether `value` reads as code: an attribute, a call, an index, a name of words."""
    return (
        re.fullmatch(r"[A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]*)+|[a-z][a-z0-9]*(?:_[a-z0-9]+)+", value)
        is not None
    )


def _entropy(value: str) -> float:
    """Shannon's entropy of the characters, in bits each."""
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values())
