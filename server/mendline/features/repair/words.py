"""Findings in words."""

from __future__ import annotations

from typing import Final

from mendline.checks.finding import Finding
from mendline.text.document import Document

_MOST_TITLE: Final = 64
_MOST_LINE: Final = 160
_MOST_MESSAGE: Final = 400


def offered(finding: Finding) -> str:
    """The title of what could be tried; at once, without looking at anything but the finding."""
    return f"Fix with Mendline: {about(finding)}"


def about(finding: Finding) -> str:
    """What is wrong, as titles have it: on one line, not long, without a full stop."""
    message = " ".join(finding.message.split()).rstrip(".")
    return message if len(message) <= _MOST_TITLE else f"{message[: _MOST_TITLE - 1].rstrip()}…"


def said(finding: Finding) -> str:
    """What a tool said, and who: "Undefined name `x` (ruff F821)"."""
    message = " ".join(finding.message.split())[:_MOST_MESSAGE]
    by = " ".join(part for part in (finding.source, finding.code) if part)
    return f"{message} ({by})" if by else message


def complaint(finding: Finding, path: str, document: Document) -> str:
    """What is wrong in a document, with the line that it is about."""
    message = " ".join(finding.message.split())[:_MOST_MESSAGE]
    if finding.path != path or finding.start.line >= document.line_count:
        return f"Error: {message}"
    line = document.line_text(finding.start.line).strip()
    if not line or len(line) > _MOST_LINE:
        return f"Error in line {finding.start.line + 1}: {message}"
    return f"Error in the line `{line}`: {message}"
