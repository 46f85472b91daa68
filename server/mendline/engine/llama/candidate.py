"""One of the texts a request generates: its strand, its sampler, its output."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from attrs import define, field

from mendline.engine.llama.decoding import TextStream
from mendline.engine.llama.drafting import DraftPolicy, NgramDraft
from mendline.engine.llama.kv.cache import KvCache
from mendline.engine.llama.kv.strand import Strand
from mendline.engine.llama.sampling import Sampler, log_probability, margin
from mendline.engine.llama.steps import Piece, Row
from mendline.engine.llama.vocabulary import Vocabulary
from mendline.engine.protocol import Chunk, FinishReason, Token

CLOSE_CALL = 0.5
"""Where the best two tokens' logits are nearer than this, a decision taken in a batch is taken again by itself.

The same token computed in a batch and alone differs in the last digits (llama.cpp takes other kernels), which could
turn the scales; drafts must not change what greedy decoding writes. Of 400 tokens of the default model on a CPU, the
difference between the two best moved by 0.065 in the median, by 0.41 at most."""


@define
class Output:
    """Turns tokens into chunks; those without text to show wait for the next."""

    text: TextStream
    emit: Callable[[Chunk], None]
    candidate: int = 0
    count: int = field(default=0, init=False)
    _waiting: list[Token] = field(factory=list, init=False)

    def add(self, data: bytes, logprob: float) -> None:
        """Take a token."""
        text, shown = self.text.feed(data)
        self.count += 1
        self._waiting.append(Token(text, logprob))
        if shown:
            self.emit(Chunk(shown, self._take(), candidate=self.candidate))

    def close(self, finish: FinishReason) -> Chunk:
        """Return the last chunk, which is not emitted yet."""
        return Chunk(self.text.finish(), self._take(), finish, candidate=self.candidate)

    def _take(self) -> tuple[Token, ...]:
        tokens, self._waiting = tuple(self._waiting), []
        return tokens


@define(eq=False)
class Speculation:
    """Guesses of what comes next, and how many of them are worth a try.

    Attributes:
        drafted: how many tokens were guessed so far.
        accepted: how many of them were right.
    """

    ngrams: NgramDraft
    policy: DraftPolicy
    drafted: int = 0
    accepted: int = 0
    _match: int = 0

    def propose(self, most: int) -> list[int]:
        """Return tokens to check, perhaps none."""
        self._match = self.ngrams.match_length
        length = self.policy.length(self._match, most)
        return self.ngrams.propose(length) if length > 0 else []

    def observe(self, drafted: int, accepted: int, *, undecided: bool) -> None:
        """Learn how a guess went; `undecided`: the token after the accepted ones was neither right nor wrong."""
        self.policy.observe(accepted if undecided else drafted, accepted, self._match)
        self.drafted += drafted
        self.accepted += accepted


@define(eq=False)
class Candidate:
    """A text under way.

    Attributes:
        strand: where its cells are.
        generated: the tokens it has so far, the one not computed yet included.
        finish: why it ended; None while it goes on.
    """

    strand: Strand
    output: Output
    sampler: Sampler
    vocabulary: Vocabulary
    most_tokens: int
    speculation: Speculation | None = None
    generated: list[int] = field(factory=list, init=False)
    finish: FinishReason | None = field(default=None, init=False)
    _draft: tuple[int, ...] = field(default=(), init=False)
    _careful: bool = field(default=False, init=False)
    _told: bool = field(default=False, init=False)

    def piece(self, room: int) -> Piece:
        """Return what has to be computed next: the token chosen last, and perhaps a draft behind it.

        Args:
            room: the most tokens.
        """
        self._draft = ()
        if self.speculation is not None and not self._careful:
            most = min(room, self.most_tokens - self.output.count) - 1
            self._draft = tuple(self.speculation.propose(most)) if most > 0 else ()
        self._careful = False
        tokens = (self.generated[-1], *self._draft)
        return Piece(self.strand, tokens, outputs=len(tokens))

    def take(self, rows: Sequence[Row], cache: KvCache) -> None:
        """Choose the next token, and one more for each that was drafted right.

        Args:
            rows: logits behind each token of the piece (or behind the prompt).
            cache: where cells of wrong drafts are cut off.
        """
        draft, right, kept = self._draft, 0, 0
        for at, row in enumerate(rows):
            token = self.sampler.choose(row)
            right = kept = at
            if draft and self.sampler.greedy and margin(row.logits, token) < CLOSE_CALL:
                # The token before this decision is computed again, by itself.
                self._careful = True
                kept = at - 1
                break
            self._add(token, row)
            if self.finish is not None or at >= len(draft) or token != draft[at]:
                break
        if draft:
            cache.cut(self.strand, len(self.strand.tokens) - len(draft) + kept)
            if self.speculation is not None:
                self.speculation.observe(len(draft), right, undecided=self._careful)

    def moved(self, strand: Strand, row: Row, cache: KvCache) -> None:
        """Go on in another strand, where all that was generated has been computed; `row` is what comes behind it."""
        self.strand, self._draft, self._careful = strand, (), False
        self.take((row,), cache)

    def end(self, finish: FinishReason | None = None) -> Chunk | None:
        """Return the last chunk when the text has ended (or ends now, with `finish`) and wasn't told so before."""
        self.finish = self.finish or finish
        if self.finish is None or self._told:
            return None
        self._told = True
        return self.output.close(self.finish)

    def _add(self, token: int, row: Row) -> None:
        if self.vocabulary.is_end(token):
            self.finish = FinishReason.STOP
            return
        self.output.add(self.vocabulary.piece(token), log_probability(row.logits, token))
        self.generated.append(token)
        if self.speculation is not None:
            self.speculation.ngrams.extend((token,))
        if self.output.text.stopped:
            self.finish = FinishReason.STOP
        elif self.output.count >= self.most_tokens:
            self.finish = FinishReason.LENGTH
