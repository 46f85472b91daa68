"""Proposals, round by round: instant ones, then the model's first choice, then several drawn from the same prompt.

Each round rewrites a larger region than the one before, and its prompt carries what was tried and what the checks said.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import Final

from attrs import define, evolve, field, frozen

from mendline.checks import parse_gate
from mendline.context.budget import estimated_tokens
from mendline.engine.errors import EngineError
from mendline.engine.protocol import Engine, EngineInfo
from mendline.features.repair.answer import Reading, readings
from mendline.features.repair.asking import Draw, ask
from mendline.features.repair.candidate import MODEL, Candidate
from mendline.features.repair.excerpt import excerpt
from mendline.features.repair.import_lines import import_edit
from mendline.features.repair.judging import BREAKS, size_of
from mendline.features.repair.loss import Loss, Seen
from mendline.features.repair.masking import Masked
from mendline.features.repair.problem import Problem
from mendline.features.repair.proposals import instant
from mendline.features.repair.region import Extent, Region, regions
from mendline.features.repair.words import complaint
from mendline.prompts.repair import Lines, Tried, repair
from mendline.search import Batch, Fate, Meter, Trial
from mendline.syntax.mutations import mutations
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Edit, Range
from mendline.text.edits import edit_between
from mendline.text.secrets import mask

RepairTrial = Trial[Candidate, Loss, Seen]

_MISSING_NAME: Final = re.compile(
    r"undefined|not defined|undeclared|unresolved|unknown (?:name|type)|cannot (?:find|resolve)|can't find|not found"
    r"|could not find|no such|implicit declaration|failed to resolve",
    re.IGNORECASE,
)
_TEMPERATURES: Final = (0.6, 0.8, 1.0)
"""By round: what is drawn late has to be something else."""
_MUTATION: Final = "small change"
_MUTATIONS_SHARE: Final = 0.4
_MUTATIONS_SECONDS: Final = 60.0
_LEAST_SECONDS: Final = 0.02
_BLIND: Final = 0.8
_MOST_TRIED: Final = 2
_SPARE_TOKENS: Final = 64
_GROWTH: Final = 1.5
"""How much longer than the region an answer may be."""


@frozen
class Options:
    """How proposals are made.

    Attributes:
        candidates: how many are drawn in a round besides the model's first choice.
        seed: of the draws; None draws anew each time.
        instant: whether instant proposals are made.
        feedback: whether a round learns from the ones before.
        mutations: how many small changes are tried where tests fail.
        grow: whether each round rewrites more than the one before; otherwise all rewrite the same lines, and only the
            first one asks for the model's first choice.
    """

    candidates: int = 4
    seed: int | None = None
    instant: bool = True
    feedback: bool = True
    mutations: int = 80
    grow: bool = True


@frozen
class _Begun:
    """What the first round begins with.

    Attributes:
        instant: instant proposals.
        first: the model's first choice; None where it wasn't asked, or can't answer.
    """

    instant: tuple[Candidate, ...] = ()
    first: Batch[Candidate] | None = None


@define
class Proposer:
    """Proposes candidates for one problem.

    Attributes:
        problem: what is to be repaired.
        engine: who is asked; None makes instant proposals only.
        info: what runs the model, where it is known.
        options: how.
        tests_seconds: how long the tests take that fail; None where none do.
        error: what ended the model's proposals, if something did.
        unused_tokens: what an answer cost that was asked for ahead and that nobody has taken.
    """

    problem: Problem
    engine: Engine | None
    info: EngineInfo | None = None
    options: Options = field(factory=Options)
    tests_seconds: float | None = None
    error: EngineError | None = None
    unused_tokens: int = field(default=0, init=False)
    _ahead: asyncio.Task[_Begun] | None = field(default=None, init=False)
    _regions: tuple[Region, ...] = field(init=False)
    _masked: Masked = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._regions = regions(self.problem)
        self._masked = Masked.of(self.problem.document, self.problem.range.start)

    @contextlib.asynccontextmanager
    async def ahead(self, meter: Meter) -> AsyncIterator[None]:
        """Begin the first round while something else is done that it doesn't need. Leaving ends what is under way."""
        self._ahead = asyncio.get_running_loop().create_task(self._begin(meter))
        try:
            yield
        finally:
            self._ahead.cancel()
            await asyncio.wait((self._ahead,))

    async def _begin(self, meter: Meter) -> _Begun:
        """Make instant proposals; where there are none, the model is the next to be asked."""
        found = await asyncio.to_thread(instant, self.problem) if self.options.instant else ()
        may_ask = meter.budget.rounds > 0 and meter.seconds_left > 0 and meter.tokens_left > 0
        if found or self.engine is None or not may_ask:
            return _Begun(found)
        try:
            first = await self._asked(self.engine, 0, (), self._draws(0)[0], meter)
        except EngineError as error:
            self.error = error
            return _Begun()
        self.unused_tokens = first.tokens
        return _Begun(first=first)

    async def propose(
        self, round_number: int, tried: Sequence[RepairTrial], meter: Meter
    ) -> AsyncGenerator[Batch[Candidate], None]:
        """Yield a round's batches. What an engine can't do ends the proposals; `error` has it."""
        begun = (await (self._ahead or self._begin(meter))) if round_number == 0 else _Begun()
        if begun.instant:
            yield Batch(begun.instant)
        # The model's first choice is likelier to be right than any one small change, and dearer than all of them.
        for number, draw in enumerate(self._draws(round_number)):
            before = len(tried)
            if number == 0 and begun.first is not None:
                self.unused_tokens = 0
                yield begun.first
            elif self.engine is not None and self.error is None:
                try:
                    yield await self._asked(self.engine, round_number, tried, draw, meter)
                except EngineError as error:
                    self.error = error
            if number == 0 and (changes := self._mutations(round_number, tried, meter)):
                yield Batch(changes)
            # A model that finds nothing to change in these lines is not asked for them again.
            if number == 0 and len(tried) == before and self._can_grow(round_number):
                return

    def _can_grow(self, round_number: int) -> bool:
        return self.options.grow and round_number + 1 < len(self._regions)

    def _mutations(self, round_number: int, tried: Sequence[RepairTrial], meter: Meter) -> tuple[Candidate, ...]:
        """Small changes where tests fail, as many as can be tested in a part of the time that is left.

        At first of the document as it is, in later rounds of the best so far, which mends some of the tests.
        """
        tree, document = self.problem.tree, self.problem.document
        if self.tests_seconds is None or tree is None:
            return ()
        region = next((each for each in self._regions if each.extent is Extent.FUNCTION), self._regions[0])
        focus = [self._whole_lines(edit_between(document.text, each.candidate.after.text)) for each in tried]
        if round_number > 0:
            best = next((each.candidate for each in reversed(tried) if each.fate is Fate.BETTER), None)
            changed = None if best is None else edit_between(document.text, best.after.text)
            if best is None or changed is None or changed.start < region.start or changed.end > region.end:
                return ()
            tree, focus = Tree.parse(best.after, tree.language), []
            region = evolve(region, end=region.end + len(best.after.text) - len(document.text))
        seconds = min(_MUTATIONS_SHARE * meter.seconds_left, _MUTATIONS_SECONDS)
        most = min(self.options.mutations, int(seconds / max(self.tests_seconds, _LEAST_SECONDS)))
        edits = () if tree is None else mutations(tree, Range(region.start, region.end), focus, most)
        return tuple(self._mutated(tree.document.apply(edit)) for edit in edits if tree is not None)

    def _mutated(self, after: Document) -> Candidate:
        document = self.problem.document
        return Candidate.of(document, (edit_between(document.text, after.text),), _MUTATION)

    def _whole_lines(self, edit: Edit) -> Range:
        document = self.problem.document
        start, end = document.line_start(document.line_at(edit.start)), document.line_end(document.line_at(edit.end))
        return Range(start, end)

    def _draws(self, round_number: int) -> tuple[Draw, ...]:
        seed = self.options.seed
        temperature = _TEMPERATURES[min(round_number, len(_TEMPERATURES) - 1)] if self.options.grow else _BLIND
        drawn = Draw(self.options.candidates, temperature, None if seed is None else seed + 1000 * round_number)
        if not self.options.candidates:
            return (Draw(),)
        return (Draw(), drawn) if round_number == 0 or self.options.grow else (drawn,)

    async def _asked(
        self, engine: Engine, round_number: int, tried: Sequence[RepairTrial], draw: Draw, meter: Meter
    ) -> Batch[Candidate]:
        region = self._regions[min(round_number, len(self._regions) - 1) if self.options.grow else 0]
        lines = excerpt(self._masked.document, region, self.info, mask(self.problem.above or ""))
        problem = self.problem
        messages = repair(
            lines,
            problem.language_name,
            mask(complaint(problem.finding, problem.path, self._masked.document)),
            notes=[mask(note) for note in problem.notes],
            may_import=_MISSING_NAME.search(problem.finding.message) is not None,
            tried=self._tried(round_number, tried, region, lines) if self.options.feedback else (),
        )
        room = int(estimated_tokens(lines.region) * _GROWTH) + _SPARE_TOKENS
        answers = await ask(engine, messages, draw, int(min(room, meter.tokens_left)))
        candidates = [
            candidate for text in answers.texts if (candidate := self._candidate(text, region, lines)) is not None
        ]
        # What changes less is less likely to break something.
        candidates.sort(key=lambda candidate: size_of(problem, candidate))
        return Batch(tuple(candidates), answers.tokens)

    def _tried(
        self, round_number: int, tried: Sequence[RepairTrial], region: Region, lines: Lines
    ) -> tuple[Tried, ...]:
        """The best of the earlier rounds, the best last, with what the checks said of each."""
        document = self.problem.document
        known: list[tuple[Loss, Tried]] = []
        for trial in tried:
            verdict, candidate = trial.verdict, trial.candidate
            if trial.round >= round_number or verdict is None or trial.fate is Fate.REPEATED:
                continue
            # Counted from the end, since what the edits changed lies within the region.
            behind = len(document.text) - region.end
            inside = all(region.start <= edit.start and edit.end <= region.end for edit in candidate.edits)
            complaints = _complaints(trial, self.problem)
            if inside and complaints:
                text = candidate.after.text[region.start : len(candidate.after.text) - behind]
                known.append((verdict.loss, Tried(mask(text.replace("\r\n", "\n")), complaints)))
        known.sort(key=lambda pair: pair[0], reverse=True)
        return tuple(each for _, each in known[-_MOST_TRIED:])

    def _candidate(self, answer: str, region: Region, lines: Lines) -> Candidate | None:
        """Read an answer; of several readings the first that parses, as far as that can be told."""
        document = self.problem.document
        restored = self._masked.restored(answer)
        if restored is None:
            return None
        own = region.text_in(document)
        found: list[Candidate] = []
        for reading in readings(restored, own, lines.before, lines.after, self.problem.language):
            candidate = self._of(reading, region)
            if candidate is not None and _parses(self.problem, candidate):
                return candidate
            found += [candidate] if candidate is not None else []
        return found[0] if found else None

    def _of(self, reading: Reading, region: Region) -> Candidate | None:
        problem = self.problem
        document = problem.document
        edits = [Edit(region.start, region.end, reading.region)]
        if reading.imports:
            added = import_edit(document, problem.tree, problem.language, reading.imports)
            if added is not None and added.start == region.start:
                edits = [Edit(region.start, region.end, added.text + reading.region)]
            elif added is not None and not _meet(added, edits[0]):
                edits.append(added)
        if edits[0].text == region.text_in(document):
            edits = edits[1:]
        return Candidate.of(document, edits, MODEL) if edits else None


def _meet(one: Edit, other: Edit) -> bool:
    """Whether two edits touch; those that insert at the same place do, too."""
    return one.start <= other.end and other.start <= one.end


def _complaints(trial: RepairTrial, problem: Problem) -> tuple[str, ...]:
    """What the checks said of a candidate, in sentences; the worst first."""
    verdict = trial.verdict
    if verdict is None:
        return ()
    if verdict.out == BREAKS:
        return ("It does not parse.",)
    seen, after = verdict.findings, trial.candidate.after
    findings = (*seen.failures, *seen.remaining, *seen.new)
    return tuple(dict.fromkeys(mask(complaint(each, problem.path, after)) for each in findings))


def _parses(problem: Problem, candidate: Candidate) -> bool:
    if problem.tree is None:
        return True
    edit = edit_between(problem.document.text, candidate.after.text)
    gate = parse_gate.check(problem.tree, problem.document, edit, whole_only=True)
    return gate.parsed is not False and not gate.cut
