"""Tasks of HumanEvalFix in small."""

from __future__ import annotations

from typing import Any


def fix_task(number: int = 0, **changes: Any) -> dict[str, Any]:
    """Return a task whose function has to add `number`, and takes it away."""
    name = f"add_{number}"
    asserts = "".join(f"    assert {name}({value}) == {value + number}\n" for value in (1, 2, 3, 4))
    fields = {
        "task_id": f"Python/{number}",
        "declaration": f"\ndef {name}(value):\n",
        "buggy_solution": f"    return value - {number}\n",
        "canonical_solution": f"    return value + {number}\n",
        "test": f"\n\ndef check({name}):\n{asserts}\ncheck({name})\n",
        "example_test": f"def check({name}):\n    assert {name}(5) == {5 + number}\ncheck({name})\n",
        "entry_point": name,
        "bug_type": "operator misuse",
    }
    return fields | changes
