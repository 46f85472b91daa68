from __future__ import annotations

from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import FillRequest
from mendline.evaluation import candidates


def drawn(request: object) -> Answer:
    """Answer with texts that name the seed they are drawn from."""
    assert isinstance(request, FillRequest)
    seed = request.sampling.seed or 0
    first, *others = (f"drawn from {seed + number}" for number in range(request.sampling.n))
    return Answer.of(first, *others)


async def test_both_arms_draw_the_same_candidates_from_warm_prompts() -> None:
    engine = FakeEngine(drawn)
    figures = await candidates.compare(engine, count=4, tokens=20, rounds=3)
    assert figures["same_text"] == 1.0
    assert figures["together_tokens"] == figures["in_turn_tokens"] == 3 * 4 * 3
    assert figures["ratio"] > 0
    kinds = [record.kind for record in engine.records]
    in_turn, together = ["warm"] + 4 * ["fill"], ["warm", "fill"]
    assert kinds == [*in_turn, *together, *together, *in_turn, *in_turn, *together]


async def test_each_round_has_new_seeds() -> None:
    engine = FakeEngine(drawn)
    await candidates.compare(engine, count=2, tokens=20, rounds=2)
    alone = [
        request.sampling.seed
        for record in engine.records
        if record.kind == "fill" and (request := record.request).sampling.n == 1
    ]
    assert alone == [1, 2, 3, 4]
