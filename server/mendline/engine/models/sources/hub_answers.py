"""What a hub's answers mean: go on, start over, try again later, or never."""

from __future__ import annotations

import re

import aiohttp
from yarl import URL

from mendline.engine.models.sources.base import SourceFailed

_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = (408, 425, 429, 500, 502, 503, 504)
_LONGEST_WAIT_SECONDS = 60.0


class TryAgain(Exception):
    """The transfer ended early for a reason that may pass.

    Attributes:
        after: seconds the server asks to wait, None when it doesn't say.
    """

    def __init__(self, message: str, after: float | None = None) -> None:
        super().__init__(message)
        self.after = after


def redirect_target(response: aiohttp.ClientResponse) -> URL | None:
    """Return where an answer sends us, None when it is no redirect.

    Raises:
        SourceFailed: it sends us nowhere, or from an encrypted connection to an open one.
    """
    location = response.headers.get("Location")
    if response.status not in _REDIRECTS:
        return None
    if not location:
        raise SourceFailed(f"{response.url.host} redirects to nowhere")
    target = response.url.join(URL(location, encoded=True))
    if target.scheme not in ("http", "https") or (response.url.scheme == "https" and target.scheme != "https"):
        raise SourceFailed(f"{response.url.host} redirects to an unsafe address")
    return target


def start_of_body(response: aiohttp.ClientResponse, hub: str, offset: int, size: int) -> int:
    """Return where in the file the answer's body begins: `offset`, or 0 when the server starts over.

    Args:
        response: the answer to a request for the bytes from `offset` on.
        hub: its host, for messages.
        offset: how much of the file is here.
        size: how long the file must be.

    Raises:
        SourceFailed: the hub hasn't got this file, or not for us.
        TryAgain: it may give it later.
    """
    status = response.status
    if status == 206:
        start, total = _content_range(response)
        if start not in (offset, 0):
            raise SourceFailed(f"{hub} sends another range of bytes than it was asked for")
        _check_size(hub, total, size)
        return start
    if status == 200:
        _check_size(hub, response.content_length, size)
        return 0
    if status == 416:
        total = _total(response)
        _check_size(hub, total, size)
        raise SourceFailed(f"{hub} refuses to go on at byte {offset}")
    if status in _PASSING:
        raise TryAgain(f"{hub} answers with status {status}", _retry_after(response))
    raise SourceFailed(_refusal(response, hub))


def _check_size(hub: str, found: int | None, size: int) -> None:
    if found is not None and found != size:
        raise SourceFailed(f"{hub} has a file of {found} bytes, expected {size}")


def _content_range(response: aiohttp.ClientResponse) -> tuple[int, int | None]:
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", "").strip())
    if match is None:
        raise SourceFailed(f"{response.url.host} sends part of the file without saying which")
    return int(match[1]), None if match[2] == "*" else int(match[2])


def _total(response: aiohttp.ClientResponse) -> int | None:
    match = re.fullmatch(r"bytes \*/(\d+)", response.headers.get("Content-Range", "").strip())
    return int(match[1]) if match else None


def _retry_after(response: aiohttp.ClientResponse) -> float | None:
    value = response.headers.get("Retry-After", "")
    return min(float(value), _LONGEST_WAIT_SECONDS) if value.isdecimal() else None


def _refusal(response: aiohttp.ClientResponse, hub: str) -> str:
    """Say why the hub doesn't give the file, in the words of its own error code where it sends one."""
    code = response.headers.get("X-Error-Code", "")
    if response.status == 404 or code in ("RepoNotFound", "RevisionNotFound", "EntryNotFound"):
        return f"{hub} has no such file (status {response.status}{f', {code}' if code else ''})"
    if code == "GatedRepo" or response.status in (401, 403):
        return (
            f"{hub} wants to know who asks (status {response.status}): accept the model's terms there and set "
            "HF_TOKEN to a token of that account"
        )
    return f"{hub} answers with status {response.status}"
