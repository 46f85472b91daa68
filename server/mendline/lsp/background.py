"""Tasks that nobody waits for: what goes wrong in them is logged."""

from __future__ import annotations

import asyncio
import logging

logger = logging.getLogger(__name__)


def log_failure(task: asyncio.Task[None]) -> None:
    """Log how a task failed, if it did. The error's text may hold code."""
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("%s in the background", type(error).__name__)
        logger.debug("details", exc_info=error)
