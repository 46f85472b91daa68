"""Guessing tokens and deciding how many, without a model: what it would write is given."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from attrs import frozen

from mendline.engine.llama.drafting import LONGEST, BatchCosts, DraftPolicy, NgramDraft


@frozen
class Decoded:
    """How a text was decoded: calls in units of one token's cost, drafted tokens, and how many of them were right."""

    tokens: int
    cost: float
    drafted: int
    accepted: int

    @property
    def speedup(self) -> float:
        return self.tokens / self.cost


def decoded(prompt: Sequence[int], output: Sequence[int], policy: DraftPolicy) -> Decoded:
    """Write `output` with drafts, each call costing what was measured."""
    measured = BatchCosts()
    ngrams = NgramDraft(prompt)
    ngrams.extend(output[:1])
    written, cost, drafted, accepted = 1, 0.0, 0, 0
    while written < len(output):
        length = policy.length(ngrams.match_length, len(output) - written - 1)
        draft = ngrams.propose(length)
        assert len(draft) <= length
        right = common(draft, output[written:])
        cost += measured.seconds(1 + len(draft))
        if draft:
            policy.observe(len(draft), right)
        drafted, accepted = drafted + len(draft), accepted + right
        ngrams.extend(output[written : written + right + 1])
        written += right + 1
    return Decoded(written - 1, cost, drafted, accepted)


def common(one: Sequence[int], other: Sequence[int]) -> int:
    for at, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return at
    return min(len(one), len(other))


def code(size: int, seed: int) -> list[int]:
    """Return tokens as code has them: few kinds make up most of it, and short phrases come again."""
    draw = random.Random(seed)
    tokens: list[int] = []
    while len(tokens) < size:
        if len(tokens) > 20 and draw.random() < 0.06:
            start = draw.randrange(len(tokens) - 6)
            tokens += tokens[start : start + draw.randint(2, 5)]
        else:
            tokens.append(int(draw.paretovariate(0.6)) % 5000)
    return tokens[:size]


def changed(tokens: list[int], *edits: tuple[int, int, list[int]]) -> list[int]:
    """Replace ranges by other tokens, the last range first."""
    copy = list(tokens)
    for start, end, instead in edits:
        copy[start:end] = instead
    return copy


FUNCTION = code(150, seed=1)
CHANGED_LINE = changed(FUNCTION, (80, 90, [7001, 7002, *FUNCTION[82:87], 7003]))
EDITED = changed(FUNCTION, (120, 121, [8001]), (80, 80, [8002, 8003, 8004]), (30, 42, []))


@pytest.mark.parametrize(
    ("prompt", "output", "faster"),
    [
        pytest.param([*code(300, 2), *FUNCTION], CHANGED_LINE, 1.6, id="one line changed"),
        pytest.param([*code(300, 2), *FUNCTION], FUNCTION, 2.0, id="nothing changed"),
        pytest.param([*code(300, 2), *FUNCTION], EDITED, 1.5, id="replaced, inserted, deleted"),
        pytest.param([*code(1500, 2), *FUNCTION, *code(1500, 3)], CHANGED_LINE, 1.6, id="in a long prompt"),
        pytest.param([1, 2, 3], [4, 5, 6, 7] * 40, 2.0, id="a loop in the output"),
    ],
)
def test_copies_are_faster(prompt: list[int], output: list[int], faster: float) -> None:
    assert decoded(prompt, output, DraftPolicy(BatchCosts())).speedup >= faster


@pytest.mark.parametrize("seed", range(5))
def test_text_without_copies_loses_next_to_nothing(seed: int) -> None:
    policy = DraftPolicy(BatchCosts())
    assert decoded(code(1000, 10 + seed), code(400, 20 + seed), policy).speedup >= 0.97


def test_a_policy_that_was_misled_is_right_again_soon() -> None:
    policy = DraftPolicy(BatchCosts())
    for seed in range(5):
        # The prompt's phrases come again, and each time go on differently.
        prompt = code(400, seed)
        misleading = [token for start in range(0, 396, 4) for token in (*prompt[start : start + 4], 9000 + start)]
        decoded(prompt, misleading, policy)
    assert policy.length(6, LONGEST) <= 2
    results = [decoded([*code(300, 2), *FUNCTION], CHANGED_LINE, policy).speedup for _ in range(4)]
    assert results[-1] >= 1.6


def test_drafts_grow_while_all_of_them_are_right() -> None:
    policy = DraftPolicy(BatchCosts())
    lengths = []
    match = 6
    for _ in range(8):
        length = policy.length(match, 1000)
        policy.observe(length, length)
        match += length + 1
        lengths.append(length)
    assert lengths == sorted(lengths)
    assert lengths[0] < 10
    assert lengths[-1] == LONGEST


def test_a_right_guess_is_worth_less_where_batches_cost_more() -> None:
    flat, steep = BatchCosts(), BatchCosts()
    for costs, slope in ((flat, 0.01), (steep, 1.0)):
        for _ in range(40):
            for tokens in (1, 2, 4, 8, 16, 32, 64):
                costs.observe(tokens, 0.01 * (1 + slope * (tokens - 1)))
    assert DraftPolicy(flat).length(8, LONGEST) == LONGEST
    assert DraftPolicy(steep).length(8, LONGEST) == 0


@pytest.mark.parametrize(("match", "most"), [(0, 10), (5, 0), (0, 0)])
def test_nothing_is_drafted_without_a_match_or_room(match: int, most: int) -> None:
    assert DraftPolicy(BatchCosts()).length(match, most) == 0


@pytest.mark.parametrize("most", [1, 2, 5, 17])
def test_drafts_keep_to_the_room(most: int) -> None:
    assert 0 < DraftPolicy(BatchCosts()).length(40, most) <= most


class TestNgramDraft:
    @pytest.mark.parametrize(
        ("prompt", "output", "match", "draft"),
        [
            pytest.param([], [], 0, [], id="nothing known"),
            pytest.param([1, 2, 3, 4, 5], [], 0, [], id="nothing comes again"),
            pytest.param([1, 2, 3, 4, 5, 6], [1, 2], 0, [], id="two tokens are no match"),
            pytest.param([1, 2, 3, 4, 5, 6], [1, 2, 3], 3, [4, 5, 6], id="three are"),
            pytest.param([9, 1, 2, 3, 4, 8, 7, 1, 2, 3, 5, 6], [1, 2, 3], 3, [5, 6, 1], id="the latest of a kind"),
            pytest.param(
                [9, 5, 1, 2, 3, 4, 8, 6, 1, 2, 3, 7, 0, 9, 5], [1, 2, 3], 5, [4, 8, 6], id="the longest match"
            ),
            pytest.param([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5], 5, [6, 7, 1], id="a match grows"),
            pytest.param([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 99, 6], 0, [], id="parted"),
            pytest.param([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 3, 4, 99, 6, 7], 2, [8, 1, 2], id="two are enough near by"),
            pytest.param([1, 2, 3, 1, 2, 3], [], 3, [1, 2, 3], id="the prompt's own end"),
            pytest.param([], [1, 2, 1, 2, 1], 3, [2, 1, 2], id="a loop goes on"),
            pytest.param([], [5, 5, 5, 5], 3, [5, 5, 5], id="a run goes on"),
        ],
    )
    def test_what_comes_next(self, prompt: list[int], output: list[int], match: int, draft: list[int]) -> None:
        ngrams = NgramDraft(prompt)
        ngrams.extend(output)
        assert (ngrams.match_length, ngrams.propose(3)) == (match, draft)

    def test_an_edit_goes_on_where_it_left_off(self) -> None:
        line = [1, 2, 3]
        prompt = [*line, 10, 11, *line, 20, 21, 22, 23, 24, *line, 30, 31]
        ngrams = NgramDraft(prompt)
        ngrams.extend([11, *line, 20, 21])
        assert ngrams.propose(2) == [22, 23]
        ngrams.extend([99, 23, 24])
        assert ngrams.propose(5) == [*line, 30, 31]

    @pytest.mark.parametrize("most", [0, 1, 2, 200])
    def test_as_many_as_asked_for(self, most: int) -> None:
        assert len(NgramDraft([1, 2, 3, 4, 1, 2, 3]).propose(most)) == most

    def test_piece_by_piece_is_the_same_as_at_once(self) -> None:
        tokens = code(300, seed=4)
        whole, pieces = NgramDraft(tokens), NgramDraft()
        for token in tokens:
            pieces.extend([token])
        whole.extend(tokens[:50])
        pieces.extend(tokens[:50])
        assert whole.propose(40) == pieces.propose(40) == tokens[50:90]


@pytest.mark.parametrize("told", [False, True])
def test_texts_decoded_side_by_side_tell_which_draft_they_mean(*, told: bool) -> None:
    policy = DraftPolicy(BatchCosts())
    before = policy.length(6, LONGEST)
    for _ in range(20):
        policy.length(6, LONGEST)
        policy.length(40, LONGEST)
        policy.observe(8, 0, match_length=6 if told else None)
    assert before > 0
    assert (policy.length(6, LONGEST) == 0) is told
