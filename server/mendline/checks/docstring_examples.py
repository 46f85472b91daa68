"""Runs the examples in a file's docstrings; a program of its own, for the project's interpreter (Python 3.8 or newer).

It is started with `-c` and this file's text, so it imports the standard library only. There are two kinds of example:
doctest's, and a line that tells what a call returns, as in `f(1, 2) == 3` or `f("a") -> "b"`, whose arguments and
result are literals. Where a docstring has the first kind, the second isn't looked for.
"""

from __future__ import annotations

import ast
import re
from typing import Any

_BETWEEN = r"\s*(?:==|=>|->|➞|→|➡|⇒|⟹|\b(?:should\s+)?returns?\b|#\s*=>|=)\s*"
_SEPARATOR = re.compile(_BETWEEN)
_PROMISING = re.compile(r"^\s*>>> |\w\(.*\)" + _BETWEEN, re.MULTILINE)
_REMARK = re.compile(r"[.,;](?:\s|$)|\s(?:and|or|since|because|as)\b|\s[(#-]")
_MOST_LINES = 400


def may_have_examples(text: str) -> bool:
    """Whether a file's text may have docstrings with examples: quickly said, and never wrongly denied."""
    return _PROMISING.search(text) is not None


def has_examples(docstring: str, name: str) -> bool:
    """Whether the docstring of what has this name has examples of either kind."""
    return ">>>" in docstring or bool(calls_told(docstring, name))


def calls_told(docstring: str, name: str) -> list[tuple[int, str, str]]:
    """Find the lines of a docstring that tell what a call of a function returns.

    Args:
        docstring: its text, without the quotes.
        name: the function's name.

    Returns:
        For each the line, from 0, the call and the result, both as Python expressions; the call's arguments and the
        result are literals.
    """
    begins = re.compile(rf"(?<![\w.]){re.escape(name)}\(")
    found = []
    for number, line in enumerate(docstring.splitlines()[:_MOST_LINES]):
        starts = [match.start() for match in begins.finditer(line)]
        for start, end in zip(starts, [*starts[1:], len(line)]):  # noqa: B905 (not in Python 3.8)
            for separator in _SEPARATOR.finditer(line, start, end):
                call = line[start : separator.start()].strip()
                if _is_call_of(call, name):
                    result = _literal(line[separator.end() : end])
                    if result:
                        found.append((number, call, result))
                    break
    return found


def _is_call_of(text: str, name: str) -> bool:
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != name:
            return False
        for value in [*call.args, *(each.value for each in call.keywords)]:
            ast.literal_eval(value)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _literal(text: str) -> str:
    """The literal at a text's beginning, if words to the reader or nothing follow; empty if there is none."""
    ends = [len(text), *(match.start() for match in reversed(list(_REMARK.finditer(text))))]
    for end in ends:
        bare = text[:end].strip().rstrip(".,;")
        try:
            ast.literal_eval(bare)
        except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
            continue
        return bare
    return ""


def _main(arguments: list[str]) -> None:
    # All that is needed is imported before the project's folders can be searched for it.
    import doctest  # noqa: F401, PLC0415
    import json  # noqa: PLC0415
    import os  # noqa: PLC0415

    path, report, *names = arguments
    said: dict[str, Any]
    try:
        said = {"examples": _run(_imported(path), set(names))}
    except BaseException as error:
        said = {"error": _words(error)}
    with open(report, "w", encoding="utf-8") as out:
        json.dump(said, out)
    # What the code has started is nobody's concern.
    os._exit(0)


def _imported(path: str) -> Any:
    """The module that a file is, by its name in the package that it is part of; the folder is the project's root."""
    import importlib.util  # noqa: PLC0415
    import os  # noqa: PLC0415
    import sys  # noqa: PLC0415

    root = os.getcwd()
    folder, file = os.path.split(os.path.abspath(path))
    parts = [file[: -len(".py")] if file.endswith(".py") else file.replace(".", "_")]
    if parts == ["__init__"]:
        folder, package = os.path.split(folder)
        parts = [package]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    sys.path[:0] = dict.fromkeys((folder, root, os.path.join(root, "src")))
    sys.argv = [path]
    if len(parts) > 1:
        importlib.import_module(".".join(parts[:-1]))
    name = ".".join(parts)
    if name in sys.modules:
        name += "_"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(path + " is no module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _run(module: Any, names: set[str]) -> list[dict[str, Any]]:
    import doctest  # noqa: PLC0415

    ran: list[dict[str, Any]] = []

    class Checker(doctest.OutputChecker):
        """Takes the same value written in another way, and a comparison without a result for an assertion."""

        def check_output(self, want: str, got: str, optionflags: int) -> bool:
            if super().check_output(want, got, optionflags) or (not want and got == "True\n"):
                return True
            try:
                return bool(ast.literal_eval(want.strip()) == ast.literal_eval(got.strip()))
            except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
                return False

    class Runner(doctest.DocTestRunner):
        """Notes what came of each example instead of printing it."""

        def report_start(self, out: Any, test: doctest.DocTest, example: doctest.Example) -> None:
            pass

        def report_success(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
            ran.append(_example(test, example))

        def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
            wanted = example.want.strip() or ("True" if got == "False\n" else "nothing")
            ran.append(_example(test, example, f"expected {wanted}, got {got.strip() or 'nothing'}"))

        def report_unexpected_exception(
            self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any
        ) -> None:
            ran.append(_example(test, example, _words(exc_info[1])))

    def _example(test: doctest.DocTest, example: doctest.Example, wrong: str = "") -> dict[str, Any]:
        return {
            "of": test.name[len(module.__name__) + 1 :],
            "line": (test.lineno or 0) + example.lineno,
            "code": example.source,
            "wrong": wrong,
        }

    runner = Runner(Checker(), verbose=False)
    for test in doctest.DocTestFinder(exclude_empty=False).find(module, module.__name__):
        own = test.name[len(module.__name__) + 1 :].split(".")
        if names and not names.intersection(own):
            continue
        if test.examples:
            runner.run(test, out=lambda _: None)
        elif len(own) == 1 and own[0] and test.docstring:
            ran += [_told(test, own[0], *told) for told in calls_told(test.docstring, own[0])]
    return ran


def _told(test: Any, name: str, line: int, call: str, result: str) -> dict[str, Any]:
    import contextlib  # noqa: PLC0415
    import io  # noqa: PLC0415

    wanted, wrong = ast.literal_eval(result), ""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            got = eval(call, dict(test.globs))  # noqa: S307 (a call with literal arguments, of the code under test)
        close = isinstance(got, float) and isinstance(wanted, (int, float)) and abs(got - wanted) <= 1e-6
        if not close and got != wanted:
            wrong = f"expected {wanted!r}, got {got!r}"
    except BaseException as error:
        wrong = _words(error)
    return {"of": name, "line": (test.lineno or 0) + line, "code": call, "wrong": wrong}


def _words(error: Any) -> str:
    return f"{type(error).__name__}: {error}".strip().rstrip(":")[:1_000]


if __name__ == "__main__":
    import sys

    _main(sys.argv[1:])
