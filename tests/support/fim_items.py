"""Items of fill-in-the-middle benchmarks in small."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from mendline.engine.fake import Answer
from mendline.engine.fake.engine import Request
from mendline.engine.protocol import FillRequest
from support.infilling_items import item


def infilling(number: int = 0, **changes: str) -> dict[str, Any]:
    """Return an item of HumanEval-Infilling whose hole wants `    return value + <number>`."""
    return attrs.asdict(item(number, **changes))


def safim(number: int = 0, **changes: Any) -> dict[str, Any]:
    """Return an item of SAFIM whose hole wants `n + <number>`; the program prints it."""
    fields = {
        "task_id": f"block_completion_{number:06}",
        "lang": "python",
        "prompt": "not used",
        "eval_prompt": "n = int(input())\r\nprint({{completion}})\r\n",
        "ground_truth": f"n + {number}",
        "unit_tests": [{"input": "1\r\n", "output": [str(1 + number)]}],
    }
    return fields | changes


def write_lines(path: Path, *items: Mapping[str, Any]) -> Path:
    """Write items as the benchmarks have them, gzipped if the name says so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(each) + "\n" for each in items).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def rambling(request: Request) -> Answer:
    """Answer an item of either kind (with number 0) rightly and then go on, as models do."""
    if not isinstance(request, FillRequest):
        return Answer.of("That depends.")
    if request.prefix.endswith("print("):
        return Answer.of("n + 0)\nprint(n", logprob=-0.01)
    return Answer.of("    return value + 0\n\n\ndef more():\n    return\n", logprob=-0.01)
