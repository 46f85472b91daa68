"""The client: an `Engine` at the other end of HTTP, Mendline's own or anyone's who speaks the OpenAI API."""

from __future__ import annotations

from mendline.engine.client.http_engine import HttpEngine
from mendline.engine.client.transport import ConnectionLost, Unreachable

__all__ = ["ConnectionLost", "HttpEngine", "Unreachable"]
