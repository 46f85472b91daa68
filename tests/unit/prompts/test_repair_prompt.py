"""The prompt of a repair, as it is sent."""

from __future__ import annotations

from mendline.engine.protocol import Message, Role
from mendline.prompts.repair import Lines, Tried, repair

_LINES = Lines("def f(x):\n", "    return y", "\n\nf(1)\n")
_BEGINNING = """This Python code has a bug:

```python
def f(x):
    return y


f(1)
```

Error in the line `return y`: Undefined name `y`

"""


def test_some_lines_of_a_file() -> None:
    asked = "Write only these lines again with the bug fixed. Change nothing else.\n\n```python\n    return y\n```"
    assert repair(_LINES, "Python", "Error in the line `return y`: Undefined name `y`") == (
        Message(Role.SYSTEM, "You are a careful programmer."),
        Message(Role.USER, _BEGINNING + asked),
        Message(Role.ASSISTANT, "```python\n   "),
    )


def test_a_whole_file_is_shown_once() -> None:
    asked = repair(Lines("", "x = y", ""), "", "Error: no y", notes=["See z."], may_import=True)
    assert asked[1].content == (
        "This code has a bug:\n\n```\nx = y\n```\n\nError: no y\n\nSee z.\n\n"
        "Write the code again with the bug fixed. Change nothing else. If an import is missing, write it first."
    )
    assert asked[2].content == "```\n"


def test_what_was_tried_comes_behind_what_every_round_begins_with() -> None:
    first = repair(_LINES, "Python", "Error in the line `return y`: Undefined name `y`")[1].content
    tried = (Tried("    return z", ("Error in the line `return z`: Undefined name `z`",)),)
    second = repair(_LINES, "Python", "Error in the line `return y`: Undefined name `y`", tried=tried)[1].content
    assert first.startswith(_BEGINNING)
    assert second == (
        _BEGINNING + "This was tried and is wrong:\n\n```python\n    return z\n```\n\n"
        "Error in the line `return z`: Undefined name `z`\n\n"
        "Write only these lines again in another way with the bug fixed. Change nothing else.\n\n"
        "```python\n    return y\n```"
    )
