from __future__ import annotations

from mendline.engine.fake import Answer, FakeEngine
from mendline.engine.protocol import Usage
from mendline.evaluation import restart


class Restarted(FakeEngine):
    """A fake engine that notes when it was waited for and closed."""

    def __init__(self, name: str, log: list[str]) -> None:
        super().__init__(default=Answer.of("width", usage=Usage()))
        self._name = name
        self._log = log

    async def idle(self) -> None:
        self._log.append(f"{self._name} idle")

    async def aclose(self) -> None:
        await super().aclose()
        self._log.append(f"{self._name} closed")


async def test_engines_are_closed_before_the_next_one_starts() -> None:
    log: list[str] = []
    figures = await restart.compare(
        lambda: Restarted("saving", log), lambda: Restarted("forgetting", log), restart.listing(500), rounds=2
    )
    saving, forgetting = ["saving idle", "saving closed"], ["forgetting idle", "forgetting closed"]
    assert log == [*saving, *forgetting, *saving, *saving, *forgetting]
    assert figures["identical_texts"] == figures["rounds"] == 2
    assert figures["ratio"] > 0


def test_the_prompt_is_about_as_long_as_asked_for() -> None:
    short, long = restart.listing(500), restart.listing(4000)
    assert 6 < len(long.prefix + long.suffix) / len(short.prefix + short.suffix) < 10
    assert len(long.prefix) > 2 * len(long.suffix)
