"""Several candidates from a process that dies under them: each one is whole in the end, and has nothing twice."""

from __future__ import annotations

import os
import signal

from mendline.engine.protocol import Chunk, FillRequest, Sampling
from support.engine_processes import Processes

REQUEST = FillRequest("def f(", sampling=Sampling(n=3))


async def test_each_candidate_goes_on_in_the_next_process(processes: Processes) -> None:
    answer = {"middle": "a b c d", "others": ["e", "f g h"], "hold": str(processes.gate), "hold_after": 2}
    launch = processes.launch(answers=[answer])
    engine = processes.shared(launch)
    stream = engine.fill(REQUEST)
    # Two tokens of the first and third, one token and the end of the second.
    chunks: list[Chunk] = [await anext(stream) for _ in range(6)]
    os.kill(processes.record(launch).pid, signal.SIGKILL)
    processes.gate.touch()
    chunks += [chunk async for chunk in stream]
    texts = ["".join(chunk.text for chunk in chunks if chunk.candidate == number) for number in range(3)]
    assert texts == ["a b c d", "e", "f g h"]
    assert sorted(chunk.candidate for chunk in chunks if chunk.finish is not None) == [0, 1, 2]
    assert [chunk.usage is not None for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    await engine.aclose()
