"""Finds the examples in a docstring that are none of doctest's: what lines tell of a function's results.

There are these kinds, and where a docstring has doctest's, they aren't looked for:

- a call: `f(1, 2) == 3`, `f("a") -> "b"`
- the pairs of programming exercises: `Input: n = 1, k = 2`, and below or beside it `Output: 3`
- a sentence of few words: `For n = 1, k = 2 the output should be 3`, `If n = 1 and k = 2, it returns 3`

Arguments and results are literals, as Python writes them or with `true`, `false` and `null`. An example that is read
where there is none makes right code look wrong: what can be read in two ways is none.

This file is part of the program `docstring_runner.py`, too, so it imports the standard library only and keeps to what
Python 3.8 knows.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

_ARROW = r"(?:[=-]{1,9}>|[➞→➡⇒⟹⟶])"
_BETWEEN = rf"(?:{_ARROW}|==|\b(?:should\s+)?returns?\b|#\s*=>|=)"
_SEPARATOR = re.compile(_BETWEEN)
_REMARK = re.compile(r"(?<!\.)[.,;](?:\s|$)|\s(?:and|since|because|as)\b|\s[(#-]")
_SIGN = re.compile(r"(?<!\.)[.,;]$")
# `1, or 2`, `3 - 1`, `1 and 2`, `(1, 2), (3, 4) pairs`, `1, otherwise 0`.
_GOES_ON = re.compile(
    r"[\s.,;-]*(?:and\s+)?(?:[+*/>\d\"'\[{]|(?:true|false|null|none)\b)|[,;]\s*\("
    r"|[\s,;(#-]*(?:or|if|when|unless|else|otherwise)\b",
    re.IGNORECASE,
)

_STRING = r"\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'"
_FOREIGN = re.compile(rf"{_STRING}|(?<![\w.])(?:true|false|null)\b")
_PYTHONS = {"true": "True", "false": "False", "null": "None"}
_AND = re.compile(rf"{_STRING}|(?:\s*,)?\s*\band\b")

_LEAD = r"^[^\w\n]*(?:\d+[.)]\s*)?(?:(?:for\s+example|examples?|e\.g\.|case)\s*\d*[.:,)]*\s*)?"
_LABEL = r"puts?\s*\d*\s*[*`]*:[\s*`]*"
_INPUT = re.compile(rf"{_LEAD}(?:(?:sample|example|the)\s+)?in{_LABEL}", re.IGNORECASE)
_OUTPUT = re.compile(
    rf"(?:^|\s|{_ARROW})[\s*`>#|-]{{0,20}}(?:(?:sample|example|expected|the)\s+)?out{_LABEL}", re.IGNORECASE
)
_NO_EXAMPLES_BELOW = re.compile(r"\b(?:shapes?|sizes?|dim(?:ension)?s?|ranges?|types?)\s*:?\s*$", re.IGNORECASE)
_OR = re.compile(r"\W*or\b", re.IGNORECASE)
_VALUE = re.compile(r"[\d\[\]{}\"'=:]")
_MARKUP = " \t*`.,;|"
_SEVERAL_RIGHT = re.compile(
    r"\b(?:any|arbitrary)\s+order\b|\border\s+(?:does\s+not|doesn't)\s+matter\b|\b(?:return|output|print)\s+any\b"
    r"|\bany\s+(?:one\s+)?of\s+(?:them|these)\b",
    re.IGNORECASE,
)

_ASSUMES = r"\b(?:for|if|when|with|given)\s+(?=\w+\s*=[^=])"
_OPENING = re.compile(_LEAD + _ASSUMES, re.IGNORECASE)
_FILLING = "then|the|this|your|its?|of|expected|correct|final|desired|return|returned|resulting|function|method"
_RESULT = "(?:output|result|answer|value)"
_MAY = "(?:should|will|must|would)"

_PROMISING = re.compile(
    rf"^[^\S\n]*>>> |\w\(.*\)\s*{_BETWEEN}|out{_LABEL}(?:[rbu]*[\"']|[-+.\d\[{{(]|(?:true|false|null|none)\b)"
    rf"|{_ASSUMES}",
    re.MULTILINE | re.IGNORECASE,
)
# What takes a linked list or an array can't be given the list that an exercise writes for it.
_OTHER_TYPE = re.compile(
    r"\b(?!(?:None|NoneType|Any|object|bool|int|float|complex|str|bytes|list|dict|set|frozenset|tuple|Text|List|Dict"
    r"|Set|FrozenSet|Tuple|Optional|Union|Collection|Iterable|Sequence|MutableSequence|Mapping|MutableMapping|typing"
    r"|collections|abc)\b)[^\W\d]\w*"
)
_MALFORMED = (SyntaxError, ValueError, TypeError, MemoryError, RecursionError)
_MOST_LINES = 400
_LONGEST_LINE = 2_000
_MOST_REMARKS = 40


class Told(NamedTuple):
    """What a docstring tells of one call.

    Attributes:
        line: of the docstring, from 0.
        call: as a Python expression; its arguments are literals.
        result: a literal.
        described: whether it is told in words, which leave open how the function hands its result over.
    """

    line: int
    call: str
    result: str
    described: bool = False


def may_have_examples(text: str) -> bool:
    """Whether a file's text may have docstrings with examples: quickly said, and never wrongly denied."""
    return _PROMISING.search(text) is not None


def has_examples(docstring: str, name: str, parameters: str = "") -> bool:
    """Whether the docstring of what has this name and these parameters has examples of any kind; see `calls_told`."""
    return ">>>" in docstring or bool(calls_told(docstring, name, parameters))


def calls_told(docstring: str, name: str, parameters: str = "") -> list[Told]:
    """Find what a docstring tells of calls of a function: all kinds of example but doctest's.

    Args:
        docstring: its text, without the quotes.
        name: the function's name.
        parameters: the function's, in brackets, as Python writes them: only with them words can be understood.
    """
    lines = [line if len(line) <= _LONGEST_LINE else "" for line in docstring.splitlines()[:_MOST_LINES]]
    described = [] if _SEVERAL_RIGHT.search(docstring) else [*_pairs(lines, name), *_sentences(lines, name)]
    found = [*_calls(lines, name), *(each for each in described if _fits(each.call, parameters))]
    return sorted(found, key=lambda each: each.line)


def arguments_of(call: str) -> tuple[list[Any], dict[str, Any]] | None:
    """The values in a call of a plain name: by place, and by name; None where it is none, or not all are literals."""
    try:
        tree = ast.parse(call, mode="eval").body
        if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
            return None
        named = {each.arg: _value(each.value) for each in tree.keywords if each.arg is not None}
        given = [_value(each) for each in tree.args]
    except _MALFORMED:
        return None
    return (given, named) if len(named) == len(tree.keywords) else None


def _calls(lines: list[str], name: str) -> Iterator[Told]:
    begins = re.compile(rf"(?<![\w.]){re.escape(name)}\(")
    for number, line in enumerate(lines):
        starts = [match.start() for match in begins.finditer(line)]
        for start, end in zip(starts, [*starts[1:], len(line)]):  # noqa: B905 (not in Python 3.8)
            for separator in _SEPARATOR.finditer(line, start, end):
                call = _python(line[start : separator.start()].strip())
                if arguments_of(call) is not None:
                    result = _literal(line[separator.end() : end])
                    if result:
                        yield Told(number, call, result)
                    break


def _pairs(lines: list[str], name: str) -> Iterator[Told]:
    rows = [(number, line) for number, line in enumerate(lines) if line.strip()]
    for at, (number, line) in enumerate(rows):
        label, before = _INPUT.match(line), rows[at - 1][1] if at else ""
        if label is None or _INPUT.match(before) or _NO_EXAMPLES_BELOW.search(before):
            continue
        texts = [line[label.end() :], *(text for _, text in rows[at + 1 : at + 4]), ""]
        outputs = (_OUTPUT.match(text) if below else _OUTPUT.search(text) for below, text in enumerate(texts[:3]))
        below, output = next(((below, each) for below, each in enumerate(outputs) if each), (0, None))
        if output is None or _adds_to_output(texts[below + 1]):
            continue
        inputs = [texts[0] if below else texts[0][: output.start()]]
        if below == 2:
            inputs = [f"{inputs[0].rstrip(' ,')}, {texts[1].strip()}", *([] if _VALUE.search(texts[1]) else inputs)]
        calls = (_python(f"{name}({given.strip(_MARKUP)})") for given in inputs)
        call = next((each for each in calls if arguments_of(each) is not None), "")
        result = _literal(texts[below][output.end() :].rstrip(_MARKUP))
        if call and result:
            yield Told(number, call, result, described=True)


def _adds_to_output(line: str) -> bool:
    """Whether the line below an output is more of it, or another one that would be right, too."""
    return bool(_OUTPUT.match(line) or _OR.match(line) or any(arguments_of(f"_({line})") or ()))


def _sentences(lines: list[str], name: str) -> Iterator[Told]:
    for number, line in enumerate(lines):
        opening = _OPENING.match(line)
        if opening is None:
            continue
        says, start = _says(name), opening.end()
        for said in says.finditer(line, start):
            given = line[start : said.start()].rstrip(" \t,:;")
            call = _python(f"{name}({_AND.sub(lambda each: ',' if each[0].endswith('d') else each[0], given)})")
            if arguments_of(call) is not None:
                # Where more is said, it isn't plain what of it is the result.
                result = "" if says.search(line, said.end()) else _literal(line[said.end() :])
                if result:
                    yield Told(number, call, result, described=True)
                break


def _says(name: str) -> re.Pattern[str]:
    """What stands between the values and the result in a sentence about a function."""
    own = re.escape(name)
    filling = rf"(?:(?:{_FILLING}|{own})\s+){{0,5}}"
    return re.compile(
        rf"(?:{filling}(?:{_RESULT}\s+{filling}(?:is|{_MAY}\s+be)|(?:{_MAY}\s+)?returns?)\b|{_ARROW})"
        rf"[\s:]*(?:{own}\([\w\s,]*\)\s*==?)?",
        re.IGNORECASE,
    )


def _fits(call: str, parameters: str) -> bool:
    """Whether a call gives each parameter a value that must have one: by names that there are, or as many by place."""
    source = f"def _{parameters}: pass"
    try:
        definition = ast.parse(source).body[0]
    except _MALFORMED:
        return False
    assert isinstance(definition, ast.FunctionDef)
    takes, (given, named) = definition.args, arguments_of(call) or ([], {})
    by_place, by_name = [*takes.posonlyargs, *takes.args], takes.kwonlyargs
    for each in (*by_place, *by_name):
        types = ast.get_source_segment(source, each.annotation) if each.annotation else None
        if types and _OTHER_TYPE.search(types):
            return False
    required = {each.arg for each in by_place[: len(by_place) - len(takes.defaults)]}
    if given:
        # One tuple may be a shape, or the values of several parameters.
        alone = len(given) == 1 and isinstance(given[0], tuple)
        return not alone and not named and len(given) == len(required) and None not in takes.kw_defaults
    required |= {each.arg for each, default in zip(by_name, takes.kw_defaults) if default is None}  # noqa: B905
    return bool(named) and required <= named.keys() <= {each.arg for each in (*takes.args, *by_name)}


def _literal(text: str) -> str:
    """The literal at a text's beginning, if words to the reader or nothing follow; empty if there is none.

    A tuple stands in brackets and nothing else does: who writes `("a")` means one as likely as not.
    """
    remarks = [match.start() for match in _REMARK.finditer(text)][-_MOST_REMARKS:]
    for end in (len(text), *reversed(remarks)):
        bare = _python(_SIGN.sub("", text[:end].strip()))
        try:
            listed = ast.parse(f"[{bare}]", mode="eval").body
            _value(listed)
        except _MALFORMED:
            continue
        alone = isinstance(listed, ast.List) and [each.col_offset for each in listed.elts] == [1]
        return bare if alone and not _GOES_ON.match(text, end) else ""
    return ""


def _value(node: ast.expr) -> Any:
    """The value of a literal; raises one of `_MALFORMED` where it is none, or says of itself that it isn't all."""
    if any(isinstance(each, ast.Constant) and each.value is ... for each in ast.walk(node)):
        raise ValueError("it ends with dots")
    return ast.literal_eval(node)


def _python(text: str) -> str:
    """A text with the words of other languages for Python's constants as Python's."""
    return _FOREIGN.sub(lambda match: _PYTHONS.get(match[0], match[0]), text)
