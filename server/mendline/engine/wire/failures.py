"""Errors: `EngineError` to an OpenAI error body and back to the same class."""

from __future__ import annotations

from typing import Any

from mendline.engine import errors
from mendline.engine.wire.requests import BadRequest, Json

STATUS: tuple[tuple[type[errors.EngineError], int], ...] = (
    (errors.ModelMissing, 404),
    (errors.ModelUnknown, 404),
    (errors.EngineOverloaded, 503),
    (errors.EngineUnavailable, 503),
    (errors.EngineDied, 502),
)
"""HTTP statuses of the errors that have one of their own; everything else is the server's fault, 500."""

MESSAGE_LIMIT = 300
"""Characters of a foreign server's message that are passed on; some answer with whole pages."""


def error_status(error: errors.EngineError) -> int:
    """Return the HTTP status an error is sent with."""
    if isinstance(error, errors.EngineRefused):
        return error.status or 400
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def error_body(error: errors.EngineError) -> Json:
    """Return the body an error is sent with."""
    status = error_status(error)
    mendline: Json = {"class": "EngineRefused" if isinstance(error, BadRequest) else type(error).__name__}
    if isinstance(error, errors.ModelMissing):
        mendline["model"] = error.model
    return {
        "error": {
            "message": str(error),
            "type": "invalid_request_error" if status < 500 else "server_error",
            "param": getattr(error, "param", "") or None,
            "code": None,
            "mendline": mendline,
        }
    }


def read_error(status: int, body: Any, url: str) -> errors.EngineError:
    """Turn an error answer, of a Mendline engine or a foreign server, into what the client raises.

    Args:
        status: the HTTP status; 0 for an error inside a stream that began well.
        body: the decoded JSON, or the text where it is none.
        url: the server's address, for the message.
    """
    message, mendline = _parts(body)
    named = getattr(errors, str(mendline.get("class", "")), None)
    if isinstance(named, type) and issubclass(named, errors.EngineError):
        return _named(named, message, mendline, status)
    said = f": {message}" if message else ""
    if not status:
        return errors.EngineRefused(f"{url} failed in the middle of an answer{said}")
    if status in {401, 403}:
        return errors.EngineRefused(
            f"{url} refuses the key (status {status}); name the variable that holds it in `engine.apiKeyEnv`.",
            status=status,
        )
    if status == 503 and "loading" in message.lower():
        return errors.EngineUnavailable(f"{url} is still loading its model; try again in a moment.")
    if status in {429, 503}:
        return errors.EngineOverloaded(f"{url} has too much to do (status {status}){said}")
    return errors.EngineRefused(f"{url} refused the request (status {status}){said}", status=status)


def _named(named: type[errors.EngineError], message: str, mendline: dict[str, Any], status: int) -> errors.EngineError:
    if named is errors.ModelMissing:
        return errors.ModelMissing(message, model=str(mendline.get("model", "")))
    if named is errors.EngineRefused:
        return errors.EngineRefused(message, status=status)
    return named(message)


def _parts(body: Any) -> tuple[str, dict[str, Any]]:
    """Find the message in what servers send: {"error": {"message"}}, {"error": text}, {"message"}, {"detail"}, text."""
    error = body.get("error", body) if isinstance(body, dict) else body
    mendline: dict[str, Any] = {}
    if isinstance(error, dict):
        given = error.get("mendline")
        mendline = given if isinstance(given, dict) else {}
        error = error.get("message") or error.get("detail") or ""
    line = " ".join(str(error or "").split())
    return (line if len(line) <= MESSAGE_LIMIT else line[: MESSAGE_LIMIT - 1] + "…"), mendline
