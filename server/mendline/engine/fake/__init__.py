"""A deterministic engine for tests, as good a citizen as the real ones."""

from __future__ import annotations

from mendline.engine.fake.answers import Answer, split_tokens
from mendline.engine.fake.engine import FakeEngine, Gate, Record
from mendline.engine.fake.script import from_script

__all__ = ["Answer", "FakeEngine", "Gate", "Record", "from_script", "split_tokens"]
