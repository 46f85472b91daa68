"""Runs the examples in a file's docstrings; a program of its own, for the project's interpreter (Python 3.8 or newer).

It is started with `-c`, the text of `docstring_examples.py` and behind it this file's text, so it imports the standard
library only. Where a docstring has doctest's examples, these are run, else the calls that it tells of.
"""

import ast
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mendline.checks.docstring_examples import Told, arguments_of, calls_told  # noqa: TC004 (in the text before)


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
            parameters = _parameters(test.globs.get(own[0]))
            ran += [_tried(test, own[0], each) for each in calls_told(test.docstring, own[0], parameters)]
    return ran


def _parameters(function: Any) -> str:
    """A function's parameters as Python writes them, in brackets; empty where it isn't called for its result."""
    import inspect  # noqa: PLC0415

    if isinstance(function, type) or inspect.iscoroutinefunction(function):
        return ""
    try:
        signature = inspect.signature(function)
    except Exception:  # what is none says so in many ways, and annotations are code
        return ""
    each_of = signature.parameters.values()
    bare = [each if each.default is each.empty else each.replace(default=None) for each in each_of]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


def _tried(test: Any, name: str, told: "Told") -> dict[str, Any]:
    import contextlib  # noqa: PLC0415
    import io  # noqa: PLC0415

    wanted, wrong, printed = ast.literal_eval(told.result), "", io.StringIO()
    given, named = arguments_of(told.call) or ([], {})
    try:
        with contextlib.redirect_stdout(printed):
            got = test.globs[name](*given, **named)
            close = isinstance(got, float) and isinstance(wanted, (int, float)) and abs(got - wanted) <= 1e-6
            if not close and got != wanted:
                wrong = f"expected {wanted!r}, got {got!r}"
                if told.described and _hands_over(wanted, got, [*given, *named.values()], printed.getvalue()):
                    wrong = ""
    except BaseException as error:
        wrong = _words(error)
    return {"of": name, "line": (test.lineno or 0) + told.line, "code": told.call, "wrong": wrong}


def _hands_over(wanted: Any, got: Any, given: list[Any], printed: str) -> bool:
    """Whether a function hands a result over in another way: one by one, in a tuple, in what it was given, in print."""
    import itertools  # noqa: PLC0415
    import types  # noqa: PLC0415

    if isinstance(wanted, list) and isinstance(got, (tuple, types.GeneratorType)):
        return list(itertools.islice(got, len(wanted) + 1)) == wanted
    changed = [each for each in given if isinstance(each, (list, dict, set))]
    return got is None and (wanted in changed or printed.strip() in (str(wanted), repr(wanted)))


def _words(error: Any) -> str:
    return f"{type(error).__name__}: {error}".strip().rstrip(":")[:1_000]


if __name__ == "__main__":
    import sys

    _main(sys.argv[1:])
