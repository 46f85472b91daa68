from __future__ import annotations

from mendline.engine.protocol import Message, Role
from mendline.prompts.missing_code import missing_code


def test_the_whole_request() -> None:
    system, asked, begun = missing_code("def f(x):\n", "    return y\n", "Python")
    assert system.role is Role.SYSTEM
    assert asked == Message(
        Role.USER,
        "Replace <FILL> in this Python file with the code that is missing there. Write the whole file, change nothing "
        "else.\n\n```python\ndef f(x):\n<FILL>    return y\n\n```",
    )
    assert begun == Message(Role.ASSISTANT, "```python\ndef f(x):\n")


def test_the_hole_s_sign_is_in_neither_text() -> None:
    _, asked, _ = missing_code("a = '<FILL>'\n", "b = '<FILL_2>'\n", "")
    assert asked.content.count("<FILL_3>") == 2
    assert "in this file" in asked.content
    assert "```\na = " in asked.content


def test_what_the_code_has_to_define_is_said() -> None:
    _, asked, _ = missing_code("def f(x):\n", "    return low + high\n", "Python", ("low", "high"))
    assert "change nothing else. It has to define low, high.\n\n" in asked.content
