"""A file of a Hugging Face hub, over HTTP, going on where an earlier download stopped.

`HF_ENDPOINT` names another hub or a mirror, `HF_TOKEN` opens gated repositories, `HF_HUB_OFFLINE=1` keeps Mendline
from asking; proxies come from the usual environment variables.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import threading
from collections.abc import AsyncIterator, Callable
from urllib.parse import quote

import aiohttp
from attrs import field, frozen
from yarl import URL

from mendline import __version__
from mendline.engine.models.catalogue import Entry, HubSource
from mendline.engine.models.partial import Partial
from mendline.engine.models.progress import stop_if
from mendline.engine.models.sources.base import OnBytes, SourceFailed
from mendline.engine.models.sources.hub_answers import TryAgain, redirect_target, start_of_body
from mendline.engine.models.sources.resolver import ImpatientResolver
from mendline.engine.proxies import proxy_of

PUBLIC_HUB = "https://huggingface.co"

_log = logging.getLogger("mendline.engine")

_BLOCK = 1 << 18
_MOST_REDIRECTS = 5
_CANCEL_POLL_SECONDS = 0.1


def _doubling(attempt: int) -> float:
    return min(30.0, 2.0 ** (attempt - 1))


@frozen
class HubOptions:
    """How the hub is talked to.

    Attributes:
        connect_seconds: how long a connection may take to come about; then the hub counts as out of reach.
        read_seconds: how long it may send nothing.
        attempts: how often in a row a cut or refused transfer is taken up again without getting on.
        progress_bytes: what counts as getting on.
        backoff: seconds to wait before attempt number 1, 2, …
    """

    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    attempts: int = 5
    progress_bytes: int = 8 << 20
    backoff: Callable[[int], float] = field(default=_doubling)


class HubFetcher:
    """Fetches one file of one repository at one revision.

    Args:
        entry: the model.
        source: where the hub has it.
        options: patience.
    """

    name = "hub"

    def __init__(self, entry: Entry, source: HubSource, options: HubOptions) -> None:
        endpoint = os.environ.get("HF_ENDPOINT", "").strip().rstrip("/") or PUBLIC_HUB
        path = quote(f"{source.repository}/resolve/{source.revision}/{source.file or entry.file}")
        self._address = f"{endpoint}/{path}"
        self._token = os.environ.get("HF_TOKEN", "").strip()
        self._offline = os.environ.get("HF_HUB_OFFLINE", "").strip().lower() in ("1", "true", "yes", "on")
        self._options = options
        self._reached = False

    def extra_bytes(self) -> int:
        """Return 0: the bytes go straight to their place."""
        return 0

    def fetch(self, partial: Partial, on_bytes: OnBytes, cancel: threading.Event) -> None:
        """See `Fetcher.fetch`. Must not be called from a coroutine."""
        if self._offline:
            raise SourceFailed("the hub is switched off by HF_HUB_OFFLINE")
        try:
            url = URL(self._address, encoded=True)
            if url.scheme not in ("http", "https") or not url.host:
                raise ValueError(self._address)
        except ValueError as error:
            raise SourceFailed(f"HF_ENDPOINT is no web address: {self._address}") from error
        asyncio.run(self._until_cancelled(url, partial, on_bytes, cancel))

    async def _until_cancelled(self, url: URL, partial: Partial, on_bytes: OnBytes, cancel: threading.Event) -> None:
        transfer = asyncio.ensure_future(self._fetch(url, partial, on_bytes))
        try:
            while not transfer.done():
                stop_if(cancel)
                await asyncio.wait((transfer,), timeout=_CANCEL_POLL_SECONDS)
        finally:
            if not transfer.done():
                transfer.cancel()
                await asyncio.wait((transfer,))
        transfer.result()

    async def _fetch(self, url: URL, partial: Partial, on_bytes: OnBytes) -> None:
        """Transfer until the file is whole, taking up what was cut; bounded, since each pause uses up patience."""
        attempt, settled = 0, partial.length
        async with self._session() as session:
            while partial.length < partial.entry.size:
                try:
                    await self._transfer(session, url, partial, on_bytes)
                except (aiohttp.ClientError, TimeoutError, TryAgain) as error:
                    if partial.length - settled >= self._options.progress_bytes:
                        attempt, settled = 0, partial.length
                    attempt += 1
                    self._give_up_if_hopeless(url, error, attempt)
                    pause = (
                        error.after if isinstance(error, TryAgain) and error.after else self._options.backoff(attempt)
                    )
                    _log.info("transfer from %s stopped at %d bytes: %s", url.host, partial.length, _plain(error))
                    await asyncio.sleep(pause)

    def _session(self) -> aiohttp.ClientSession:
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=self._options.connect_seconds,
            sock_connect=self._options.connect_seconds,
            sock_read=self._options.read_seconds,
        )
        headers = {"Accept-Encoding": "identity", "User-Agent": f"mendline/{__version__}"}
        connector = aiohttp.TCPConnector(resolver=ImpatientResolver())
        return aiohttp.ClientSession(connector=connector, timeout=timeout, headers=headers, auto_decompress=False)

    async def _transfer(self, session: aiohttp.ClientSession, url: URL, partial: Partial, on_bytes: OnBytes) -> None:
        """Append to `partial` what one request brings."""
        size = partial.entry.size
        async with self._answer(session, url, partial.length) as response:
            start = start_of_body(response, str(url.host), partial.length, size)
            partial.truncate(start)
            async for block in response.content.iter_chunked(_BLOCK):
                if partial.length + len(block) > size:
                    raise SourceFailed(f"{url.host} sends more than the expected {size} bytes")
                partial.append(block)
                on_bytes(partial.length)
        if partial.length < size:
            raise TryAgain("the connection was cut")

    @contextlib.asynccontextmanager
    async def _answer(
        self, session: aiohttp.ClientSession, url: URL, offset: int
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask for the file from `offset` on, following redirects; the token goes to the hub itself only."""
        home = url.origin()
        for _ in range(_MOST_REDIRECTS + 1):
            headers = {"Range": f"bytes={offset}-"} if offset else {}
            if self._token and url.origin() == home:
                headers["Authorization"] = f"Bearer {self._token}"
            async with session.get(url, headers=headers, proxy=proxy_of(url), allow_redirects=False) as response:
                self._reached = True
                target = redirect_target(response)
                if target is None:
                    yield response
                    return
            url = target
        raise SourceFailed(f"{home.host} redirects without end")

    def _give_up_if_hopeless(self, url: URL, error: Exception, attempt: int) -> None:
        if isinstance(error, aiohttp.ClientSSLError):
            raise SourceFailed(f"the certificate of {url.host} is not trusted") from error
        if isinstance(error, (aiohttp.InvalidURL, aiohttp.ClientHttpProxyError)) or not self._reached:
            raise SourceFailed(f"{url.host} can't be reached: {_plain(error)}") from error
        if attempt > self._options.attempts:
            raise SourceFailed(f"{url.host} was tried {attempt} times in a row: {_plain(error)}") from error


_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientConnectorDNSError, "its name has no address here"),
    (aiohttp.ClientProxyConnectionError, "the proxy doesn't take the connection"),
    (aiohttp.ClientHttpProxyError, "the proxy refuses"),
    (TimeoutError, "it doesn't answer"),
    (aiohttp.ClientConnectorError, "the connection is refused"),
    (aiohttp.ClientPayloadError, "the connection was cut"),
    (aiohttp.ClientConnectionError, "the connection was cut"),
)
"""Errors in few words; the first line that fits is taken, so subclasses come first."""


def _plain(error: Exception) -> str:
    """Say in a few words what went wrong with a connection."""
    return next((words for kind, words in _WORDS if isinstance(error, kind)), str(error) or type(error).__name__)
