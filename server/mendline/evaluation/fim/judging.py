"""How good an edit at a hole is."""

from __future__ import annotations

from attrs import define, field, frozen

from mendline.evaluation.fim.holes import Hole
from mendline.evaluation.likeness import edit_similarity, is_exact
from mendline.evaluation.repeats import repeats_following
from mendline.evaluation.running import Limits, Outcome, Verdict, run_case, run_program
from mendline.evaluation.soundness import Soundness, soundness
from mendline.syntax.languages import Language, language_of
from mendline.text.document import Edit

NOT_THE_SOLUTION = "NotTheSolution"
"""Stands in the place of an exception's name where a hole has no tests."""


@frozen
class Attempt:
    """What came of an edit.

    Attributes:
        text: what was put in the hole's place.
        outcome: whether the program is right: it passes its tests, or where there are none, the text is what stood
            there, white space at both ends left aside.
        exact: whether the text is what stood there, white space at its end left aside.
        similarity: its edit similarity with that (`likeness`).
        parses: whether Python's own parser takes the program.
        breaks: whether the program has an error more than the document with nothing in the hole (`soundness`).
        repeats: whether the text says again what follows (`repeats`).
    """

    text: str
    outcome: Outcome
    exact: bool
    similarity: float
    parses: bool
    breaks: bool
    repeats: bool


@define
class Judge:
    """Judges edits at one hole; programs that are the same are executed once."""

    hole: Hole
    limits: Limits
    _outcomes: dict[str, Outcome] = field(factory=dict, init=False)
    _language: Language = field(init=False)
    _before: Soundness = field(init=False)

    def __attrs_post_init__(self) -> None:
        language = language_of("python", "")
        assert language is not None
        self._language = language
        self._before = soundness(self.hole.document, language)

    def attempt(self, edit: Edit) -> Attempt:
        """Judge an edit; the program is executed, unless that was done before."""
        filled = self.hole.filled(edit)
        after = soundness(filled.result, self._language)
        hole = self.hole
        return Attempt(
            text=filled.text,
            outcome=self.outcome(edit),
            exact=is_exact(filled.text, filled.expected),
            similarity=round(edit_similarity(filled.text, filled.expected), 4),
            parses=after.parses is True,
            breaks=after.is_broken_from(self._before),
            repeats=repeats_following(
                hole.document[: edit.start], edit.text, hole.document[edit.end :], filled.expected
            ),
        )

    def outcome(self, edit: Edit) -> Outcome:
        """Tell whether the program with an edit is right."""
        filled = self.hole.filled(edit)
        if not self.hole.executed:
            right = filled.text.strip() == filled.expected.strip()
            return Outcome(Verdict.PASSED) if right else Outcome(Verdict.FAILED, NOT_THE_SOLUTION)
        program = filled.result
        if program not in self._outcomes:
            self._outcomes[program] = self._run(program)
        return self._outcomes[program]

    def _run(self, program: str) -> Outcome:
        if self.hole.check:
            return run_program(program + self.hole.check, self.limits)
        for case in self.hole.cases:
            outcome = run_case(program, case, self.limits)
            if not outcome.passed:
                return outcome
        return Outcome(Verdict.PASSED)
