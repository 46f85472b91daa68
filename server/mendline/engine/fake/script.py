"""A fake engine described by a JSON file, for tests in which the engine runs in another process.

The language server takes it from the environment variable `MENDLINE_FAKE_ENGINE`, the shared engine's process from
`mendline engine run --fake`:

    {
      "model": "fake",                    name that `info` tells
      "answers": [                        the first that matches is given
        {
          "prefix_ends_with": "def f(",   end of the text before the cursor (of the last chat message); without it
                                          the answer matches every request
          "middle": "a, b):",             what is answered, split into tokens by `split_tokens`
          "tokens": ["a, ", "b):"],       or: the tokens themselves
          "logprobs": -0.1,               one for all tokens, or a list, one a token
          "others": ["a):"],              what the second, third, ... candidate is where several are asked for; those
                                          beyond are the same as the first
          "usage": {"approximate_tokens": 3},   fields of `Usage` to tell; what the fake counts itself is overwritten
          "delay_ms": 50,                 waited before the first token
          "hold": "/path/of/a/file",      waits until this file exists ...
          "hold_after": 2,                ... after so many tokens (0: in prefill)
          "error": "EngineDied",          or: the name of a class of `engine.errors` that is raised,
          "message": "out of memory"      with this text
        }
      ],
      "default": {"middle": "pass"},      given when none matches
      "load": {"hold": "/path/of/a/file", "error": "ModelInvalid", "message": "..."},   when the engine is made
      "record": "/path/of/a/file"         each request's start and end are appended here, one JSON object a line:
                                          {"event": "start"|"end", "number": 0, "kind": "fill", "prefix_end": "...",
                                          "outcome": "finished"|"cancelled"|"failed", "pid": 1}
    }

A list instead of the object stands for its "answers".
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mendline.engine import errors
from mendline.engine.fake.answers import POLL_SECONDS, Answer, split_tokens
from mendline.engine.fake.engine import FakeEngine
from mendline.engine.protocol import EngineInfo, FillSupport, Token, Usage


def from_script(path: Path) -> FakeEngine:
    """Build the engine a JSON file describes; see above for its format.

    Raises:
        EngineError: what "load" says.
        ValueError: the file is not a script.
    """
    script = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(script, list):
        script = {"answers": script}
    load = script.get("load", {})
    while "hold" in load and not Path(load["hold"]).exists():
        time.sleep(POLL_SECONDS)
    if "error" in load:
        raise _error(load)
    return FakeEngine(
        [(entry.get("prefix_ends_with", ""), _answer(entry)) for entry in script.get("answers", ())],
        default=_answer(script.get("default", {"middle": "pass"})),
        info=EngineInfo(
            model=script.get("model", "fake"),
            backend="fake",
            context_tokens=4096,
            fill=FillSupport.NATIVE,
            pid=os.getpid(),
        ),
        record=Path(script["record"]) if "record" in script else None,
    )


def _answer(entry: Mapping[str, Any]) -> Answer:
    texts = entry["tokens"] if "tokens" in entry else split_tokens(entry.get("middle", ""))
    logprobs = entry.get("logprobs", -0.1)
    if not isinstance(logprobs, list):
        logprobs = [logprobs] * len(texts)
    return Answer(
        tokens=tuple(Token(text, float(logprob)) for text, logprob in zip(texts, logprobs, strict=True)),
        others=tuple(Answer.of(text).tokens for text in entry.get("others", ())),
        delay_seconds=entry.get("delay_ms", 0) / 1000,
        hold=Path(entry["hold"]) if "hold" in entry else None,
        hold_after=entry.get("hold_after", 0),
        error=_error(entry) if "error" in entry else None,
        usage=_usage(entry.get("usage", {})),
    )


def _usage(figures: Mapping[str, Any]) -> Usage:
    try:
        return Usage(**figures)
    except TypeError as error:
        raise ValueError(f"the script's usage is none: {error}") from None


def _error(entry: Mapping[str, Any]) -> errors.EngineError:
    kind = getattr(errors, entry["error"], None)
    if not (isinstance(kind, type) and issubclass(kind, errors.EngineError)):
        raise ValueError(f"{entry['error']!r} is not an engine error")
    message = entry.get("message", f"the script says {entry['error']}")
    return kind(message, model=entry.get("model", "fake")) if kind is errors.ModelMissing else kind(message)
