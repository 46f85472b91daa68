"""HTTP below the engine: one session, and every way it can fail as an `EngineError`."""

from __future__ import annotations

import contextlib
import io
import json
import ssl
from collections.abc import AsyncGenerator, Iterator
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from mendline.engine.client.sse import EventParser
from mendline.engine.errors import EngineDied, EngineError, EngineUnavailable
from mendline.engine.proxies import LOOPBACK, proxy_of
from mendline.engine.wire.failures import read_error
from mendline.engine.wire.requests import Json

READ_BYTES = 64 * 1024

DONE: Json = {}
"""What `Transport.stream` ends with when the server said `[DONE]`; compared by identity."""

UNREACHABLE = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
    ssl.SSLError,
)
"""What the HTTP library raises before there is a connection."""


class Unreachable(EngineUnavailable):
    """No connection could be made."""


class ConnectionLost(EngineDied):
    """The connection ended before the answer did."""


class Transport:
    """Sends requests to one server.

    Args:
        root: the server's address without `/v1`.
        token: the bearer token or API key; empty for none.
        connect_seconds: how long a connection may take to come up.
        silence_seconds: how long the server may send nothing; None waits for ever.
        hint: what to do when the server cannot be reached, the end of that message.
    """

    def __init__(
        self, root: str, token: str, *, connect_seconds: float, silence_seconds: float | None, hint: str
    ) -> None:
        self.root = root
        self._token = token
        self._hint = hint
        self._options: dict[str, Any] = {
            "timeout": aiohttp.ClientTimeout(total=None, sock_connect=connect_seconds, sock_read=silence_seconds),
            # Code goes to the address the user has named and nowhere else.
            "allow_redirects": False,
        }
        self._session: aiohttp.ClientSession | None = None

    async def get(self, path: str) -> tuple[int, Any]:
        """Return the status and the decoded body (None when it is not JSON)."""
        with self._translated():
            async with self._opened().get(self.root + path, proxy=self._proxy(), **self._options) as answer:
                return answer.status, _decoded(await answer.read())

    async def post(self, path: str, body: Json) -> Any:
        """Return the decoded body of an answer that is not streamed.

        Raises:
            EngineError: the server cannot be reached or refuses.
        """
        with self._translated():
            async with self._post(path, body) as answer:
                content = await answer.read()
                if answer.status >= 300:
                    raise self._refusal(answer.status, content)
                return _decoded(content)

    async def stream(self, path: str, body: Json) -> AsyncGenerator[Json, None]:
        """Stream the JSON objects of an answer, up to `[DONE]` (then `DONE` is the last) or the end of the connection.

        An answer that comes in one piece although a stream was asked for is passed on as one object.

        Raises:
            EngineError: the server cannot be reached, refuses, or breaks off.
        """
        with self._translated():
            async with self._post(path, body) as answer:
                if answer.status >= 300:
                    raise self._refusal(answer.status, await answer.read())
                if answer.content_type == "application/json":
                    yield self._checked(_decoded(await answer.read()))
                    return
                async with contextlib.aclosing(self._events(answer.content)) as events:
                    async for data in events:
                        if data.strip() == "[DONE]":
                            yield DONE
                            return
                        yield self._checked(_decoded(data.encode()))

    async def aclose(self) -> None:
        """Close the session and every connection of it."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _post(self, path: str, body: Json) -> contextlib.AbstractAsyncContextManager[aiohttp.ClientResponse]:
        return self._opened().post(self.root + path, data=_encoded(body), proxy=self._proxy(), **self._options)

    def _proxy(self) -> str | None:
        return proxy_of(URL(self.root))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            host = urlsplit(self.root).hostname or ""
            local = host in LOOPBACK
            self._session = aiohttp.ClientSession(
                # On loopback a connection costs nothing, and a kept one may be closed by the server at any moment.
                connector=aiohttp.TCPConnector(limit=0, force_close=local),
                headers={"Authorization": f"Bearer {self._token}"} if self._token else {},
                read_bufsize=READ_BYTES,
            )
        return self._session

    async def _events(self, content: aiohttp.StreamReader) -> AsyncGenerator[str, None]:
        parser = EventParser()
        async for piece in content.iter_any():
            for data in parser.feed(piece):
                yield data
        for data in parser.end():
            yield data

    def _checked(self, payload: Any) -> Json:
        if not isinstance(payload, dict):
            raise EngineDied(f"{self.root} sent something that is not an answer of the OpenAI API.")
        if payload.get("error"):
            raise read_error(0, payload, self.root)
        return payload

    def _refusal(self, status: int, content: bytes) -> EngineError:
        decoded = _decoded(content)
        return read_error(status, content.decode("utf-8", "replace") if decoded is None else decoded, self.root)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn the HTTP library's errors into the engine's."""
        try:
            yield
        except aiohttp.ClientConnectorCertificateError as error:
            raise Unreachable(f"The certificate of {self.root} is not trusted: {error.certificate_error}") from None
        except UNREACHABLE as error:
            reason = getattr(error, "strerror", None) or str(error) or "no answer"
            raise Unreachable(f"No engine answers at {self.root} ({reason}); {self._hint}") from None
        except TimeoutError:
            raise EngineUnavailable(f"{self.root} did not answer in time; {self._hint}") from None
        except (aiohttp.ClientError, ConnectionError, ValueError) as error:
            reason = str(error) or type(error).__name__
            raise ConnectionLost(f"The connection to the engine at {self.root} broke off ({reason}).") from None


def _encoded(body: Json) -> aiohttp.Payload:
    # As a file and not as bytes: those are written in one go, however many there are.
    return aiohttp.BytesIOPayload(io.BytesIO(json.dumps(body).encode("ascii")), content_type="application/json")


def _decoded(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None
