"""Syntax errors by tree-sitter: in this process, in milliseconds, for every language with a grammar."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from attrs import frozen

from mendline.checks.check import Kind, Report, Status, Subject
from mendline.checks.finding import Finding, Point
from mendline.syntax.languages import Language, language_of
from mendline.syntax.problems import Problem, problems
from mendline.syntax.tree import Tree
from mendline.text.document import Document

_MOST_FINDINGS: Final = 100
_MOST_SECONDS: Final = 5.0
_MISSING: Final = "missing"
_UNEXPECTED: Final = "syntax"


@frozen
class Syntax:
    """Parses the file."""

    name: str = "syntax"
    kind: Kind = Kind.SYNTAX
    languages: frozenset[str] = frozenset()
    executes: bool = False
    standalone: bool = True

    async def run(self, subject: Subject, seconds: float) -> Report:
        """Parse the file in a thread; one that is cancelled goes on for its time, bounded to some seconds."""
        began = time.perf_counter()
        language = language_of(subject.language, subject.path)
        if language is None:
            return Report(
                self.name, Status.MISSING, note=f"There is no grammar for {subject.language or subject.path}."
            )
        found = await asyncio.to_thread(_problems, subject.text, language, min(seconds, _MOST_SECONDS))
        took = time.perf_counter() - began
        if found is None:
            return Report(self.name, Status.TIMED_OUT, note="The file could not be parsed in time.", seconds=took)
        findings = tuple(_finding(subject.path, document, problem) for document, problem in found)
        return Report(self.name, Status.RAN, findings, seconds=took)


def _problems(text: str, language: Language, seconds: float) -> list[tuple[Document, Problem]] | None:
    document = Document.of(text)
    tree = Tree.parse(document, language, seconds * 1000)
    return None if tree is None else [(document, each) for each in problems(tree, _MOST_FINDINGS)]


def _finding(path: str, document: Document, problem: Problem) -> Finding:
    start, end = (_point(document, offset) for offset in (problem.range.start, problem.range.end))
    code = _MISSING if problem.kind == "missing" else _UNEXPECTED
    return Finding(path, start, end, problem.message, source="mendline", code=code)


def _point(document: Document, offset: int) -> Point:
    line = document.line_at(offset)
    return Point(line, offset - document.line_start(line))
