"""Items of HumanEval-Infilling in small."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import attrs

from mendline.evaluation.infilling.items import Item


def item(number: int = 0, *, kind: str = "SingleLine", **changes: str) -> Item:
    """Return an item whose hole wants `    return value + <number>`."""
    fields = {
        "task_id": f"{kind}Infilling/HumanEval/{number}/L0",
        "entry_point": "plus",
        "prompt": f'def plus(value):\n    """Return value plus {number}."""\n',
        "suffix": "    # the end\n",
        "canonical_solution": f"    return value + {number}\n",
        "test": f"def check(candidate):\n    assert candidate(1) == {1 + number}\n",
    }
    return Item(**(fields | changes))


def write_items(path: Path, *items: Item) -> Path:
    """Write a file as the benchmark has it."""
    text = "".join(json.dumps(attrs.asdict(each)) + "\n" for each in items)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path
