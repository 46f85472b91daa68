"""What rustc says in JSON (doc.rust-lang.org/rustc/json.html), alone or through cargo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mendline.checks.finding import Finding, Severity
from mendline.checks.places import Places

_SEVERITIES: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.INFORMATION}


def finding_of(message: Mapping[str, Any], places: Places) -> Finding | None:
    """A finding, or None for a summary such as "aborting due to 2 previous errors".

    Columns count code points. A label at the place is part of the message, since it tells what was expected.

    Args:
        message: a diagnostic.
        places: the files it is about.
    """
    level, code = message["level"], (message["code"] or {}).get("code", "")
    span = next((each for each in message["spans"] if each["is_primary"]), None)
    severity = _SEVERITIES.get(level.partition(":")[0], Severity.HINT)
    if span is None:
        if level == "failure-note" or message["message"].startswith("aborting due to") or _is_count(message["message"]):
            return None
        return places.finding("", (0, 0), None, message["message"], severity=severity, code=code)
    span = _in_project(span, places)
    text = [message["message"], *([span["label"]] if span["label"] else [])]
    start = (span["line_start"] - 1, span["column_start"] - 1)
    end = (span["line_end"] - 1, span["column_end"] - 1)
    return places.finding(span["file_name"], start, end, "\n".join(text), severity=severity, code=code)


def _in_project(span: Mapping[str, Any], places: Places) -> Mapping[str, Any]:
    """The span, or where the macro that it is in was used, if it lies in another crate."""
    inner = span
    while places.path(inner["file_name"]) is None and inner["expansion"] is not None:
        inner = inner["expansion"]["span"]
    return inner if places.path(inner["file_name"]) is not None else span


def _is_count(text: str) -> bool:
    return text.endswith((" emitted", " emitted."))
