"""Programs in JavaScript, Java, C++ and Rust: built and run in the sandbox of checks, their asserts one by one."""

from __future__ import annotations

import os
import re
import secrets
import stat
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from attrs import frozen

from mendline.checks.sandbox.confining import best_way, confined
from mendline.checks.sandbox.toolchains import Toolchain, rust
from mendline.evaluation.repair.failure import Failure, read_failures
from mendline.evaluation.running import Limits

_MOST_SAID: Final = 300
_PROGRAM: Final = "program"
_BUILD_SECONDS: Final = 60.0
_TIMED_OUT: Final = -1000
_QUICK_START: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""A program that runs for half a second isn't worth the best code: with these it takes half the time."""
_MAIN: Final = re.compile(r"\bint\s+main\s*\(")
_LOOP: Final = re.compile(r"\bfor\s*\(|\bfor\s+\w+\s+in\b|\bwhile\b")


@frozen
class Tongue:
    """How a language's programs are run.

    Attributes:
        language: the language id.
        file: what the source is called.
        build: makes it something that runs; empty where nothing has to be made.
        build_tests: the same for the whole test, where that is another way.
        toolchain: what the tools need to see and to be told, given the folder they work in.
        start: runs it.
        opening: what an assert begins with, up to its bracket.
        each: whether each argument is an assert.
        try_all: the source that tries asserts, from program, test, asserts and mark.
        whole: the source that runs the whole test.
    """

    language: str
    file: str
    build: tuple[str, ...]
    start: tuple[str, ...]
    opening: re.Pattern[str]
    try_all: Callable[[str, str, Sequence[str], str], str]
    whole: Callable[[str, str], str]
    each: bool = False
    build_tests: tuple[str, ...] = ()
    toolchain: Callable[[Path], Toolchain] | None = None

    def asserts(self, test: str) -> tuple[str, ...]:
        """The asserts of a test that stand alone: in no loop."""
        body = _MAIN.split(test)[-1]
        if _LOOP.search(body):
            return ()
        found: list[str] = []
        for opening in self.opening.finditer(body):
            parts = arguments(body, opening.end())
            if self.each:
                found += parts
            elif opening.group().startswith("assert_eq"):
                found.append(f"{parts[0]} == {parts[1]}")
            elif opening.group().startswith("assert.Equal"):  # more than "==": Go's slices have no such thing
                found.append(f"assert.Equal({', '.join(parts)})")
            elif parts:
                found.append(parts[0])
        return tuple(" ".join(each.split()) for each in found)

    def failures(self, program: str, test: str, asserts: Sequence[str], limits: Limits) -> tuple[Failure, ...]:
        """Run asserts behind a program, and return those that fail."""
        mark = secrets.token_hex(8)
        status, written, said = self._run(self.try_all(program, test, asserts, mark), self.build, limits)
        end = "it takes too long" if status == _TIMED_OUT else f"the program fails: {_first_error(said)}"
        return read_failures(written, mark, asserts, end)

    def passes(self, program: str, test: str, limits: Limits) -> bool:
        """Whether a program passes its test."""
        status, _, _ = self._run(self.whole(program, test), self.build_tests or self.build, limits)
        return status == 0

    def _run(self, source: str, build: Sequence[str], limits: Limits) -> tuple[int, str, str]:
        """Build and run a source; return the exit status, what it wrote, and what was said of errors."""
        with tempfile.TemporaryDirectory(prefix="mendline-run-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            (folder / self.file).write_text(source, encoding="utf-8")
            toolchain = self.toolchain(folder) if self.toolchain is not None else Toolchain((), {})
            if build:
                status, written, said = _execute(build, folder, toolchain, _BUILD_SECONDS)
                if status != 0:
                    return status, "", said or written
                _make_executable(folder / _PROGRAM)
            return _execute(self.start, folder, toolchain, limits.wall_seconds)


def _make_executable(program: Path) -> None:
    """Do what linkers do with `chmod`, which a sandbox without namespaces only pretends to."""
    try:
        descriptor = os.open(program, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:  # what was built is no program of its own
        return
    try:
        os.fchmod(descriptor, os.fstat(descriptor).st_mode | stat.S_IXUSR)
    finally:
        os.close(descriptor)


def confinement() -> str:
    """Return what programs are confined by."""
    return best_way()


def arguments(text: str, start: int) -> list[str]:
    """The arguments of a call, from behind its opening bracket to the one that closes it."""
    parts, depth, begun, at, quote = [], 0, start, start, ""
    while at < len(text):
        sign = text[at]
        if quote:
            at += sign == "\\"
            quote = "" if sign == quote else quote
        elif sign in '"`' or (sign == "'" and _is_quote(text, at)):
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            if depth == 0:
                parts.append(text[begun:at])
                break
            depth -= 1
        elif sign == "," and depth == 0:
            parts.append(text[begun:at])
            begun = at + 1
        at += 1
    return [part.strip() for part in parts if part.strip()]


def _is_quote(text: str, at: int) -> bool:
    """Whether an apostrophe opens a text; in Rust it may begin a lifetime."""
    return "'" in text[at + 1 : text.find("\n", at) if "\n" in text[at:] else len(text)]


def _execute(argv: Sequence[str], folder: Path, toolchain: Toolchain, seconds: float) -> tuple[int, str, str]:
    command = confined(argv, writable=folder, readable=toolchain.readable, env=toolchain.environment)
    process = subprocess.Popen(
        command.argv,
        cwd=command.cwd,
        env=dict(command.env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return _TIMED_OUT, "", ""
    return process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")


def _first_error(said: str) -> str:
    lines = [line.strip() for line in said.split("\n") if re.search(r"error|Error|panicked|exception", line)]
    return (lines[0] if lines else said.strip().split("\n")[-1])[:_MOST_SAID]


def _javascript(program: str, _: str, asserts: Sequence[str], mark: str) -> str:
    tries = "".join(f"__try({number}, {_javascript_try(each)});\n" for number, each in enumerate(asserts))
    return (
        f"{program}\nfunction __try(number, run) {{\n"
        "  let said;\n  try { said = run(); } catch (error) { said = `it raises ${error}`; }\n"
        f"  console.log('\\n{mark}' + JSON.stringify([number, String(said).slice(0, {_MOST_SAID})]));\n}}\n{tries}"
    )


def _javascript_try(source: str) -> str:
    left, equals, right = source.partition(" === ")
    if equals and left.count("(") == left.count(")") and right.count("(") == right.count(")"):
        return f"() => {{ const left = {left}; return left === ({right}) ? '' : `it is ${{JSON.stringify(left)}}`; }}"
    return f"() => (({source}) ? '' : 'it is false')"


def _javascript_whole(program: str, test: str) -> str:
    return f"console.assert = (holds) => {{ if (!holds) throw new Error('assert'); }};\n{program}\n{test}\n"


def _java(program: str, _: str, asserts: Sequence[str], mark: str) -> str:
    tries = "".join(
        f'        try {{ if (!({each})) said = "it is false"; else said = ""; }} '
        f'catch (Throwable error) {{ said = "it raises " + error.getClass().getSimpleName(); }}\n'
        f'        System.out.println("\\n{mark}[{number}, \\"" + said + "\\"]");\n'
        for number, each in enumerate(asserts)
    )
    begun = "        Solution s = new Solution();\n        String said;\n"
    return f"{program}\npublic class Main {{\n    public static void main(String[] args) {{\n{begun}{tries}    }}\n}}\n"


def _cpp(program: str, test: str, asserts: Sequence[str], mark: str) -> str:
    tries = "".join(
        f'    printf("\\n{mark}[{number}, \\"%s\\"]\\n", ({each}) ? "" : "it is false"); fflush(stdout);\n'
        for number, each in enumerate(asserts)
    )
    beginning = _MAIN.split(test)[0]
    return f"{program}\n#include<cstdio>\n{beginning}\nint main(){{\n{tries}    return 0;\n}}\n"


def _rust(program: str, _: str, asserts: Sequence[str], mark: str) -> str:
    tries = "".join(
        f'    let said = match std::panic::catch_unwind(|| {each}) {{ Ok(true) => "", Ok(false) => "it is false", '
        f'Err(_) => "it panics" }};\n    println!("\\n{mark}[{number}, \\"{{}}\\"]", said);\n'
        for number, each in enumerate(asserts)
    )
    return f"#![allow(warnings)]\n{_without_crates(program)}\nfn main() {{\n{tries}}}\n"


def _without_crates(program: str) -> str:
    """Rust's programs all name crates from the network, and hardly any uses them."""
    return re.sub(r"^use (?:rand|regex|md5)\b.*;$", "", program, flags=re.MULTILINE)


def _joined(program: str, test: str) -> str:
    return f"{program}\n{test}\n"


JAVASCRIPT: Final = Tongue(
    "javascript",
    "program.js",
    (),
    ("node", "program.js"),
    re.compile(r"console\.assert\("),
    _javascript,
    _javascript_whole,
)
JAVA: Final = Tongue(
    "java",
    "Main.java",
    ("javac", *(f"-J{option}" for option in _QUICK_START), "-proc:none", "-nowarn", "-d", ".", "Main.java"),
    ("java", *_QUICK_START, "-cp", ".", "Main"),
    re.compile(r"correct = Arrays\.asList\("),
    _java,
    _joined,
    each=True,
)
CPP: Final = Tongue(
    "cpp",
    "program.cpp",
    ("g++", "-std=c++17", "-w", "-O0", "program.cpp", "-o", "program"),
    ("sh", "-c", "exec ./program"),
    re.compile(r"\bassert\s*\("),
    _cpp,
    _joined,
)
RUST: Final = Tongue(
    "rust",
    "program.rs",
    ("rustc", "--edition=2021", "program.rs", "-o", "program"),
    ("sh", "-c", "exec ./program"),
    re.compile(r"\bassert(?:_eq)?!\("),
    _rust,
    lambda program, test: f"#![allow(warnings)]\n{_without_crates(program)}\n{test}\n",
    build_tests=("rustc", "--edition=2021", "--test", "program.rs", "-o", "program"),
    toolchain=rust,
)
__all__ = ["CPP", "JAVA", "JAVASCRIPT", "RUST", "Tongue", "arguments", "confinement"]
