"""Logging to standard error, with no code text in it below `verbose`.

Standard output is the protocol's; nothing here ever writes to it.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

LEVELS = {"off": logging.WARNING, "messages": logging.INFO, "verbose": logging.DEBUG}
"""The setting `trace` and what is logged under it."""

_FOREIGN = ("pygls", "lsprotocol")


def configure(trace: str = "off", stream: TextIO | None = None) -> None:
    """Send the program's log to standard error; called again, change how much is logged.

    Args:
        trace: a key of `LEVELS`; an unknown one counts as "off".
        stream: where to write instead of standard error.
    """
    root = logging.getLogger()
    for handler in [each for each in root.handlers if isinstance(each, _Handler)]:
        root.removeHandler(handler)
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
    level = LEVELS.get(trace, logging.WARNING)
    if level > logging.DEBUG:
        handler.addFilter(without_bodies)
    root.addHandler(handler)
    logging.getLogger("mendline").setLevel(level)
    # The protocol library logs whole messages, and with them the user's code, from INFO on.
    for name in _FOREIGN:
        logging.getLogger(name).setLevel(max(level, logging.WARNING) if level > logging.DEBUG else level)


def without_bodies(record: logging.LogRecord) -> bool:
    """Take the arguments and the exception's text out of a foreign record: they hold what the editor sent."""
    if record.name.split(".")[0] in _FOREIGN:
        kind = record.exc_info[0] if record.exc_info else None
        template = str(record.msg).splitlines()[0] if record.msg else ""
        record.msg = template.split("%")[0].rstrip(" :\"'") + (f" ({kind.__name__})" if kind else "")
        record.args, record.exc_info, record.exc_text = (), None, None
    return True


class _Handler(logging.StreamHandler[TextIO]):
    """Marks the handler as this module's, so that configuring again replaces it."""
