"""Runs a program's asserts one by one, and says of those that fail what came instead."""

from __future__ import annotations

import ast
import secrets
from collections.abc import Sequence

from mendline.evaluation.repair.failure import Failure, read_failures
from mendline.evaluation.running import Limits, Verdict, run_and_read

_HARNESS = """
def _mendline_try(number, run):
    import json, sys
    try:
        holds, instead = run()
        said = "" if holds else instead
    except BaseException as error:
        said = f"it raises {type(error).__name__}: {error}"
    sys.stdout.write("\\n" + MARK + json.dumps([number, said[:300]]) + "\\n")
    sys.stdout.flush()
"""


def asserts(test: str) -> tuple[str, ...]:
    """The asserts that stand directly in the function `check`; those of a constant say nothing and are left out."""
    try:
        tree = ast.parse(test)
    except SyntaxError:
        return ()
    checks = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "check"]
    found = [node for each in checks for node in each.body if isinstance(node, ast.Assert)]
    return tuple(ast.unparse(ast.Assert(node.test)) for node in found if not isinstance(node.test, ast.Constant))


def failures(program: str, tried: Sequence[str], limits: Limits) -> tuple[Failure, ...]:
    """Execute a program and its asserts in confinement, and return those that fail.

    Raises:
        RunningError: programs can't be run here.
    """
    # What the program itself writes can't be mistaken for the harness's word.
    mark = secrets.token_hex(8)
    harness = _HARNESS.replace("MARK", repr(mark))
    steps = "".join(_step(number, each) for number, each in enumerate(tried))
    outcome, written = run_and_read(f"{program}\n{harness}\n{steps}", limits)
    end = "it takes too long" if outcome.verdict is Verdict.TIMED_OUT else f"the program ends with {outcome.error}"
    return read_failures(written, mark, tried, end)


def _step(number: int, source: str) -> str:
    """The call that tries one assert; where it compares two values, the first one is told."""
    test = ast.parse(source).body[0]
    assert isinstance(test, ast.Assert)
    whole = test.test
    if isinstance(whole, ast.Compare) and len(whole.ops) == 1:
        left, right = ast.unparse(whole.left), ast.unparse(whole.comparators[0])
        compared = ast.unparse(ast.Compare(ast.Name("_left", ast.Load()), whole.ops, [ast.Name("_right", ast.Load())]))
        body = f"_left = {left}\n    _right = {right}\n    return bool({compared}), f'it is {{_left!r}}'"
    else:
        body = f"return bool({ast.unparse(whole)}), 'it is false'"
    return f"def _mendline_assert():\n    {body}\n_mendline_try({number}, _mendline_assert)\n"
