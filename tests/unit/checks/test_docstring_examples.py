"""What in a docstring tells of a function's results, and what only looks like it."""

from __future__ import annotations

import pytest

from mendline.checks.docstring_examples import calls_told, has_examples, may_have_examples


def told(text: str, parameters: str = "(n)") -> list[tuple[int, str, str]]:
    found = calls_told(f"First.\n{text}\n", "f", parameters)
    # What is found in a docstring must never be denied of the file.
    assert not found or may_have_examples(f'def f{parameters}:\n    r"""First.\n{text}\n"""\n')
    assert has_examples(text, "f", parameters) is bool(found)
    return [(line, call, result) for line, call, result, _ in found]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("f(1, [2]) == 3", ("f(1, [2])", "3")),
        ("For example, f('a', b=2) should return 'c'.", ("f('a', b=2)", "'c'")),
        ("* f(3) => [1, 2]  # a remark", ("f(3)", "[1, 2]")),
        ("f('a == b') -> True", ("f('a == b')", "True")),
        ("f(3) = -1.5;", ("f(3)", "-1.5")),
        ("f((1, 2)) ➞ {'a': None}", ("f((1, 2))", "{'a': None}")),
        ("f('FULL') ==> \"U\"", ("f('FULL')", '"U"')),
        ("f(3) --> 4", ("f(3)", "4")),
        ("f(3) ===> 4", ("f(3)", "4")),
        ("f(3) ⟶ 4", ("f(3)", "4")),
        ("f(1, 4) => true", ("f(1, 4)", "True")),
        ("f([null, 'null'], b=false) == {'true': true}", ("f([None, 'null'], b=False)", "{'true': True}")),
        ("f(3) returns null.", ("f(3)", "None")),
        ("f(3) == 4, since 3 or more is too much", ("f(3)", "4")),
        ("f(3) == 4 (that is 3 + 1)", ("f(3)", "4")),
        ("f(3) == 4 - the next one", ("f(3)", "4")),
        ("f(3) -> ('a',)", ("f(3)", "('a',)")),
        ("f(x) == 3", None),
        ("f(3) == y", None),
        ("f(3) is 3", None),
        ("self.f(3) == 3", None),
        ("elf(3) == 3", None),
        ("f(3) returns 2 values", None),
        ("f(3 == 3", None),
        ("f(3) ==", None),
        ("f(3) >= 4", None),
        ("f(3) != 4", None),
        ("f(truely) == 3", None),
        ("f(3) returns true if it is odd", None),
        ("f(3) returns truth.", None),
        ("f(3) -> (4)", None),
        ("f(3) -> ('a')", None),
        ("f(3) -> 1, 2", None),
        ("f(3) -> (1, 2), (3, 4) in turns", None),
        ("f(3) -> 4 or 5", None),
        ("f(3) -> 4, or 5", None),
        ("f(3) -> 4 # or 5", None),
        ("f(3) -> 4 (or None)", None),
        ("f(3) -> 4, None, and so on", None),
        ("f(3) returns 4, if asked nicely", None),
        ("f(3) returns 4, otherwise nothing", None),
        ("f(3) == 5 - 1", None),
        ("f(3) -> 4 -> 5", None),
        ("f(3) == [1, 2, ...]", None),
        ("f([1, ...]) == 1", None),
        ("f(3) == 3.14...", None),
        ("f(**{'a': 1}) == 3", None),
    ],
)
def test_lines_that_tell_what_a_call_returns(line: str, expected: tuple[str, str] | None) -> None:
    assert told(line) == ([] if expected is None else [(1, *expected)])


def test_several_calls_on_a_line() -> None:
    assert told("f(1) == 2, f(2) == 3, and f(3) => 4; f(4) == 5 or 6") == [
        (1, "f(1)", "2"),
        (1, "f(2)", "3"),
        (1, "f(3)", "4"),
    ]


@pytest.mark.parametrize(
    ("parameters", "text", "expected"),
    [
        ("(n)", "Input: 3\nOutput: 9", [(1, "f(3)", "9")]),
        (
            "(n)",
            "    Input: [4, 2]\n\n    Output: [2, 1]\n    Explanation: 2 is the smallest.",
            [(1, "f([4, 2])", "[2, 1]")],
        ),
        ("(n, k)", "Input: k = 3, n = [-3, 4]\nOutput: true", [(1, "f(k = 3, n = [-3, 4])", "True")]),
        ("(n, k)", "Input: [1, 2], 3\nOutput: 'a' # why", [(1, "f([1, 2], 3)", "'a'")]),
        ("(n, k=2, *a, b=3, **c)", "Input: n = 1, b = null\nOutput: 2 (by b)", [(1, "f(n = 1, b = None)", "2")]),
        ("(n: Optional[List[int]], k: 'str' = None)", "Input: [1]\nOutput: 1.", [(1, "f([1])", "1")]),
        ("(n)", "Input: [1, 2], Output: 3", [(1, "f([1, 2])", "3")]),
        ("(n)", "Example 1: input: n = [], output: []", [(1, "f(n = [])", "[]")]),
        ("(n)", "input: 'a: b' -> output: 3, since it is", [(1, "f('a: b')", "3")]),
        ("(n)", "1. Sample Input 1: 3\n   Sample Output 1: 4", [(1, "f(3)", "4")]),
        ("(n)", "- **Input:** `n = 3`\n- **Expected output:** `4`", [(1, "f(n = 3)", "4")]),
        ("(n, k)", "Input: n = [1],\n       k = 2\nOutput: 3", [(1, "f(n = [1], k = 2)", "3")]),
        ("(n, k)", "Input: n = [1]\n       k = 2\nOutput: 3", [(1, "f(n = [1], k = 2)", "3")]),
        ("(n)", "Input: 3\nwhich is odd\nOutput: 4", [(1, "f(3)", "4")]),
        ("(n)", "Input: 3\nOutput: 4\n\nInput: 4\nOutput: 5\n", [(1, "f(3)", "4"), (4, "f(4)", "5")]),
        # Types, descriptions, shapes and ranges.
        ("(n)", "Input: int\nOutput: int", []),
        ("(n)", "Input: 3 numbers\nOutput: 4", []),
        ("(n)", "Input: n = 3\nOutput: 4 numbers", []),
        ("(n)", "Args:\n    Input: what comes in\n    Output: 3", []),
        ("(n)", "Input: (3, 224, 224)\nOutput: (1000,)", []),
        ("(n)", "Shape:\n    - Input: [3, 224]\n    - Output: [1000]", []),
        ("(n)", "| Input: | 3 | 4 |\n| Output: | 4 | 5 |", []),
        # Names and counts that don't fit.
        ("(n)", "Input: m = 3\nOutput: 4", []),
        ("(n, k)", "Input: n = 3\nOutput: 4", []),
        ("(n)", "Input: n = 3, k = 4\nOutput: 4", []),
        ("(n, k)", "Input: n = 3, 4\nOutput: 4", []),
        ("(n, k)", "Input: 3, k = 4\nOutput: 4", []),
        ("(n, k)", "Input: [3, 4]\nOutput: 4", []),
        ("(n, k)", "Input: (3, 4)\nOutput: 4", []),
        ("(n)", "Input: 3, 4\nOutput: 4", []),
        ("(n=1)", "Input: 3\nOutput: 4", []),
        ("(n, /)", "Input: n = 3\nOutput: 4", []),
        ("(n, *, k)", "Input: 3\nOutput: 4", []),
        ("(n, *, k)", "Input: n = 3\nOutput: 4", []),
        ("(self, n)", "Input: 3\nOutput: 4", []),
        ("(self, n)", "Input: n = 3\nOutput: 4", []),
        ("(*n)", "Input: 3\nOutput: 4", []),
        ("()", "Input:\nOutput: 4", []),
        ("", "Input: 3\nOutput: 4", []),
        ("(n", "Input: 3\nOutput: 4", []),
        # What a list can't stand for.
        ("(n: Optional[ListNode])", "Input: [1, 2]\nOutput: 2", []),
        ("(n: 'TreeNode')", "Input: [1, null, 2]\nOutput: 2", []),
        ("(n: np.ndarray)", "Input: [1, 2]\nOutput: 2", []),
        # More than one input, or output, or right answer.
        ("(n)", "Input: 3\n4\nOutput: 4", []),
        ("(n)", "Input 1: 3\nInput 2: 4\nOutput: 4", []),
        ("(n)", "Input: 3\nOutput: 4\nOutput: 5", []),
        ("(n)", "Input: 3\nOutput: 4\n        5", []),
        ("(n)", "Input: 3\nOutput: [1, 2]\n(or [2, 1])", []),
        ("(n)", "Input: 3\nOutput: 4 or 5", []),
        ("(n)", "Input: 3\nOutput: 4, 5", []),
        ("(n)", "Input: 3\nOutput: [4, 5, ...]", []),
        ("(n)", "The result may be in any order.\nInput: 3\nOutput: [1, 2]", []),
        ("(n)", "If there are several, return any of them.\nInput: 3\nOutput: 1", []),
        # Outputs of something else.
        ("(n)", "Input: 3\nOutput: x", []),
        ("(n)", "Input: 3\nActual output: 4", []),
        ("(n)", "Input: 3\nOne line.\nAnother one.\nOutput: 4", []),
        ("(n)", "Input: 3\nTime: long\nOutput: 4", []),
        ("(n)", "Old input: 3\nOutput: 4", []),
        ("(n)", "Output: 4", []),
    ],
)
def test_inputs_and_outputs(parameters: str, text: str, expected: list[tuple[int, str, str]]) -> None:
    assert told(text, parameters) == expected


@pytest.mark.parametrize(
    ("parameters", "line", "expected"),
    [
        ("(n)", "For n = [0, 3] the output should be 10", ("f(n = [0, 3])", "10")),
        ("(n)", 'For n = "AB" the output should be 1.', ('f(n = "AB")', "1")),
        ("(n)", "    - for n = []  the result is null", ("f(n = [])", "None")),
        (
            "(n, k)",
            'For n = "a is b", k = "ae", the result should be ("bcd",False)',
            ('f(n = "a is b", k = "ae")', '("bcd",False)'),
        ),
        (
            "(n, k)",
            "If n = 1 and k = 'a and b', the function should return true.",
            ("f(n = 1, k = 'a and b')", "True"),
        ),
        ("(n, k)", "When n=1, and k=2: returns 3, since 1 + 2", ("f(n=1, k=2)", "3")),
        ("(n, k=0)", "With n = -1 f returns 3 (too much)", ("f(n = -1)", "3")),
        ("(n)", "For example, if n = 3, it will return 4", ("f(n = 3)", "4")),
        ("(n)", "Example 2: Given n = 3, the expected output of the function is 4", ("f(n = 3)", "4")),
        ("(n)", "For n = 3 => 4", ("f(n = 3)", "4")),
        ("(n)", "For n = 3 -> 4", ("f(n = 3)", "4")),
        ("(n, k)", "For n = 3, k = 4, the output should be f(n, k) = true.", ("f(n = 3, k = 4)", "True")),
        # Numbers in prose.
        ("(n)", "For n = 3 threads this is 2 times faster", None),
        ("(n)", "For n = 3 threads the result is 2", None),
        ("(n)", "For n = 3 this is 2", None),
        ("(n)", "For n = 3 the result is 2 times better", None),
        ("(n)", "For n = 3 the default value is 2", None),
        ("(n)", "For n = 3 the result is about 2", None),
        ("(n)", "For n = 3, the result is not 2", None),
        ("(n)", "For n = 3, the sum of digits will be 2", None),
        ("(n)", "If n = 3, g returns 2", None),
        ("(n)", "If n = 3, the error is 2", None),
        ("(n)", "for n = 3 in the list, returns 2", None),
        ("(n)", "The output for n = 3 is 2", None),
        ("(n)", "if n == 3: return 2", None),
        # More than one value, or one that depends on more.
        ("(n)", "For n = 3, the sum will be 1 the output should be 2", None),
        ("(n)", "For n = 3, the output is 1, the result should be 2", None),
        ("(n)", "For n = 3 the output is 2 or 3", None),
        ("(n)", "For n = 3 the output is 2, if k is", None),
        ("(n)", "For n = 1, the result is 1, otherwise n", None),
        ("(n)", "For n = 1, the result is 1, 2", None),
        ("(n)", "For n = 1 -> 2 -> 3", None),
        ("(n)", "For n = 1 or 2 the result is 3", None),
        # Names that don't fit.
        ("(n)", "For m = 3 the output is 2", None),
        ("(n)", "For N = 3 the output is 2", None),
        ("(n, k)", "For n = 3 the output is 2", None),
        ("(n)", "For n = 3, k = 4 the output is 2", None),
        ("(n)", "For n = m the output is 2", None),
        ("(n: Tensor)", "For n = [3] the output is 2", None),
        ("", "For n = 3 the output is 2", None),
    ],
)
def test_sentences(parameters: str, line: str, expected: tuple[str, str] | None) -> None:
    assert told(line, parameters) == ([] if expected is None else [(1, *expected)])


@pytest.mark.parametrize(
    ("text", "promising"),
    [
        ("x = f(1)\n", False),
        ("for x in y:\n    if x == 3: z(x)\n", False),
        ("def f(input: int, output: str): ...\n", False),
        ("    >>> f(1)\n", True),
        ("# Input: 3, Output: [4]\n", True),
        ("'For n = 3 the output is 4'\n", True),
    ],
)
def test_what_may_have_examples(text: str, promising: bool) -> None:
    assert may_have_examples(text) is promising
