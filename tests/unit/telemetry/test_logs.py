"""What is logged under each `trace`, and that foreign records lose what the editor sent."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from mendline.telemetry import logs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    yield io.StringIO()
    for handler in list(logging.getLogger().handlers):
        if type(handler).__module__ == logs.__name__:
            logging.getLogger().removeHandler(handler)
    for name in ("mendline", "pygls", "lsprotocol"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.parametrize(
    ("trace", "seen"), [("off", {"w"}), ("messages", {"w", "i"}), ("verbose", {"w", "i", "d"}), ("what", {"w"})]
)
def test_levels(stream: io.StringIO, trace: str, seen: set[str]) -> None:
    logs.configure("verbose", stream)
    logs.configure(trace, stream)
    logger = logging.getLogger("mendline.some.room")
    logger.warning("<w>")
    logger.info("<i>")
    logger.debug("<d>")
    assert {word for word in "wid" if f"<{word}>" in stream.getvalue()} == seen
    assert stream.getvalue().count("<w>") == 1


@pytest.mark.parametrize("trace", ["off", "messages"])
def test_foreign_records_lose_their_arguments(stream: io.StringIO, trace: str) -> None:
    logs.configure(trace, stream)
    logger = logging.getLogger("pygls.protocol")
    logger.info("Sending data: %s", "hunter2")
    try:
        raise ValueError("hunter2")
    except ValueError:
        logger.exception("Failed to handle %r: %s", "x", "hunter2")
    logger.error("Unable to deserialize message\nhunter2")
    assert "hunter2" not in stream.getvalue()
    assert "Failed to handle (ValueError)" in stream.getvalue()
    assert "Unable to deserialize message" in stream.getvalue()


def test_verbose_keeps_them(stream: io.StringIO) -> None:
    logs.configure("verbose", stream)
    logging.getLogger("pygls.protocol").info("Sending data: %s", "hunter2")
    assert "hunter2" in stream.getvalue()
