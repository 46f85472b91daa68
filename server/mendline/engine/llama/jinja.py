"""Rendering of chat templates, which are programs from a model file: in a sandbox, bounded in size and time."""

from __future__ import annotations

import datetime
import json
import time
from typing import Any, NoReturn

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import Node
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mendline.engine.errors import EngineError

_MOST_TEMPLATE_CHARACTERS = 200_000
_MOST_OUTPUT_CHARACTERS = 1_000_000
_MOST_SECONDS = 2.0
_MOST_RANGE = 1_000


class Refused(Exception):
    """The template called `raise_exception`: it does not take these messages. The message is the template's."""


def render(source: str, **values: Any) -> str:
    """Render a chat template.

    The environment is what templates in model files are written for: white space of block lines trimmed, loop
    controls, `raise_exception`, `strftime_now`, `tojson` that leaves characters as they are, and `generation` blocks.

    Raises:
        Refused: the template says that it does not take these messages.
        EngineError: it is broken, or writes too much or for too long.
    """
    if len(source) > _MOST_TEMPLATE_CHARACTERS:
        raise EngineError(f"The model's chat template is too long ({len(source)} characters)")
    deadline = time.monotonic() + _MOST_SECONDS
    pieces: list[str] = []
    size = 0
    try:
        for piece in _environment().from_string(source).generate(**values):
            pieces.append(piece)
            size += len(piece)
            if size > _MOST_OUTPUT_CHARACTERS or time.monotonic() > deadline:
                raise EngineError("The model's chat template does not come to an end")
    except (Refused, EngineError):
        raise
    except (jinja2.TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise EngineError(f"The model's chat template is broken: {reason}") from error
    except RecursionError as error:
        raise EngineError("The model's chat template is broken: it calls itself without end") from error
    return "".join(pieces)


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _GenerationBlock], autoescape=False
    )
    environment.filters["tojson"] = _to_json
    environment.globals.update(raise_exception=_raise, strftime_now=_strftime_now, range=_range)
    return environment


class _GenerationBlock(Extension):
    """`{% generation %}` marks the assistant's words for training; in a prompt it is what it holds."""

    tags = {"generation"}  # noqa: RUF012 - declared so by jinja2

    def parse(self, parser: Parser) -> Node | list[Node]:
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def _raise(message: str) -> NoReturn:
    raise Refused(" ".join(str(message).split()))


def _strftime_now(pattern: str) -> str:
    return datetime.datetime.now().astimezone().strftime(pattern)


def _range(*arguments: int) -> range:
    numbers = range(*arguments)
    if len(numbers) > _MOST_RANGE:
        raise OverflowError(f"range of {len(numbers)} numbers")
    return numbers


def _to_json(value: Any, ensure_ascii: bool = False, indent: int | None = None, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)
