"""A hub and its content network on two local ports, speaking the part of the API that downloads use.

`/owner/name/resolve/<revision>/<file>` on the hub redirects to the content server, which serves ranges. What goes
wrong is set in `Behaviour`; every request is recorded.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from attrs import define, field, frozen


@frozen
class Request:
    """One request: which server got it, its path, and the headers that matter."""

    server: str
    path: str
    range: str | None
    authorization: str | None


@define
class Behaviour:
    """What the servers do; tests change it before and while they run.

    Attributes:
        content: the file.
        redirect: whether the hub sends clients to the content server, or serves the file itself.
        ranges: whether ranges are honoured.
        cuts: after how many body bytes to cut the connection, one number for each of the next answers.
        statuses: statuses to answer with instead, one for each of the next requests to the hub.
        headers: headers to add to those answers.
        range_total: the file size to claim in Content-Range, the true one when None.
        chunked: whether to leave out Content-Length and just close at the end.
        hold_after: body bytes to send before waiting for `released`, None to go on at once.
        held: set when a body is being held back.
        released: lets a held body go on.
    """

    content: bytes
    redirect: bool = True
    ranges: bool = True
    cuts: list[int] = field(factory=list)
    statuses: list[int] = field(factory=list)
    headers: dict[str, str] = field(factory=dict)
    range_total: int | None = None
    chunked: bool = False
    hold_after: int | None = None
    held: threading.Event = field(factory=threading.Event)
    released: threading.Event = field(factory=threading.Event)
    requests: list[Request] = field(factory=list)


@frozen
class HubServer:
    """A running pair of servers."""

    endpoint: str
    behaviour: Behaviour

    @property
    def requests(self) -> list[Request]:
        return self.behaviour.requests


@contextmanager
def hub_server(content: bytes) -> Iterator[HubServer]:
    """Run a hub that has one file, whatever it is asked for."""
    behaviour = Behaviour(content)
    cdn = _serve("cdn", behaviour, "")
    hub = _serve("hub", behaviour, f"http://127.0.0.1:{cdn.server_port}")
    try:
        yield HubServer(f"http://127.0.0.1:{hub.server_port}", behaviour)
    finally:
        behaviour.released.set()
        for server in (hub, cdn):
            server.shutdown()
            server.server_close()


def _serve(name: str, behaviour: Behaviour, cdn: str) -> ThreadingHTTPServer:
    class Handler(_Handler):
        pass

    Handler.server_name, Handler.behaviour, Handler.cdn = name, behaviour, cdn
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    return server


class _Handler(BaseHTTPRequestHandler):
    server_name: str
    behaviour: Behaviour
    cdn: str
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        this = self.behaviour
        this.requests.append(
            Request(self.server_name, self.path, self.headers.get("Range"), self.headers.get("Authorization"))
        )
        if self.server_name == "hub" and this.statuses:
            self._empty(this.statuses.pop(0), this.headers)
        elif self.server_name == "hub" and this.redirect:
            self._empty(302, {"Location": f"{self.cdn}/blob?signature=a%2Bb"})
        else:
            self._file()

    def _empty(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _file(self) -> None:
        this = self.behaviour
        size = len(this.content)
        total = size if this.range_total is None else this.range_total
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        start = int(asked[1]) if asked and this.ranges else 0
        if start >= size:
            self._empty(416, {"Content-Range": f"bytes */{total}"})
            return
        body = this.content[start:]
        self.send_response(206 if asked and this.ranges else 200)
        if asked and this.ranges:
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{total}")
        if this.chunked:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._send(body)

    def _send(self, body: bytes) -> None:
        this = self.behaviour
        cut = this.cuts.pop(0) if this.cuts else None
        try:
            if this.hold_after is not None:
                self.wfile.write(body[: this.hold_after])
                self.wfile.flush()
                this.held.set()
                this.released.wait(30)
                body = body[this.hold_after :]
            self.wfile.write(body if cut is None else body[:cut])
        except ConnectionError:
            self.close_connection = True
        if cut is not None or this.chunked:
            self.close_connection = True

    def log_message(self, *args: Any) -> None:
        """Say nothing."""
