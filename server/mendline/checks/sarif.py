"""Reads SARIF 2.1.0, the format in which analysers of all kinds tell what they found (docs.oasis-open.org/sarif)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from mendline.checks.check import Subject
from mendline.checks.finding import Finding, Severity
from mendline.checks.places import Places
from mendline.text.positions import PositionEncoding

_LEVELS: Final = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.INFORMATION}
_UNITS: Final = {"utf16CodeUnits": PositionEncoding.UTF16, "unicodeCodePoints": PositionEncoding.UTF32}
_LINE_END: Final = 2**31


def read_sarif(log: Mapping[str, Any], subject: Subject, folder: Path, source: str) -> list[Finding]:
    """The failures in a log, but for those that it marks as suppressed; of several places the first counts.

    Args:
        log: the log.
        subject: what was checked.
        folder: what stood for the project's root.
        source: how the tool is named where it doesn't say.

    Raises:
        KeyError, TypeError, ValueError, AttributeError, IndexError: it is no such log.
    """
    return [finding for run in log["runs"] for finding in _findings(run, subject, folder, source)]


def _findings(run: Mapping[str, Any], subject: Subject, folder: Path, source: str) -> Iterator[Finding]:
    driver = run["tool"]["driver"]
    # Tools that don't say what they count (ruff 0.17) count characters.
    unit = _UNITS.get(run.get("columnKind", ""), PositionEncoding.UTF32)
    places = Places(subject, folder, unit, driver.get("name") or source)
    rules = {rule["id"]: rule for rule in driver.get("rules") or ()}
    for result in run.get("results") or ():
        if result.get("kind", "fail") == "fail" and not result.get("suppressions"):
            yield _finding(result, rules, places)


def _finding(result: Mapping[str, Any], rules: Mapping[str, Any], places: Places) -> Finding:
    code = result.get("ruleId") or (result.get("rule") or {}).get("id") or ""
    rule = rules.get(code) or {}
    level = result.get("level") or (rule.get("defaultConfiguration") or {}).get("level", "warning")
    message = result["message"]
    text = message.get("text") or rule.get("messageStrings", {}).get(message.get("id"), {}).get("text") or code
    for number, argument in enumerate(message.get("arguments") or ()):
        text = text.replace(f"{{{number}}}", argument)
    physical: Mapping[str, Any] = next((each["physicalLocation"] for each in result.get("locations") or ()), {})
    region = physical.get("region") or {}
    first = region.get("startLine", 1)
    start = (first - 1, region.get("startColumn", 1) - 1)
    # Without an end column a region goes to the end of its line (3.30.8).
    end = (region.get("endLine", first) - 1, region.get("endColumn", _LINE_END) - 1)
    named = _path((physical.get("artifactLocation") or {}).get("uri", ""))
    severity = _LEVELS.get(level, Severity.HINT)
    return places.finding(named, start, end if region else None, text, severity=severity, code=code)


def _path(uri: str) -> str:
    """The path in a URI; relative ones are taken to be from the project's root, whatever base they name."""
    parts = urlsplit(uri)
    return unquote(parts.path if parts.scheme in ("", "file") else uri)
