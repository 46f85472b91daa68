"""Who may speak to the process, and in what form they hear that something went wrong."""

from __future__ import annotations

import hmac
import logging

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from mendline.engine.errors import EngineError, EngineRefused
from mendline.engine.proxies import LOOPBACK
from mendline.engine.wire.failures import error_body, error_status

log = logging.getLogger("mendline.engine")


def guard(token: str) -> Middleware:
    """Return the middleware that lets only the holder of `token` in.

    A web page must not reach the engine even if it learnt the port: browsers send `Origin`, and under DNS rebinding
    the page's own name in `Host`.
    """
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.headers.get(hdrs.HOST, "")
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        if name.strip("[]") not in LOOPBACK or hdrs.ORIGIN in request.headers:
            return failure(EngineRefused("The engine answers programs on this machine only, no web pages.", status=403))
        given = request.headers.get(hdrs.AUTHORIZATION, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            answer = failure(EngineRefused("The token is missing or wrong.", status=401))
            answer.headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
            return answer
        return await handler(request)

    return check


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure with an OpenAI error body."""
    try:
        return await handler(request)
    except EngineError as error:
        return failure(error)
    except web.HTTPException as error:
        return failure(EngineRefused(f"{error.reason}: {request.method} {request.path}", status=error.status))
    except Exception:
        log.exception("a request to %s failed", request.path)
        return failure(EngineRefused("The engine failed on this request; its log says how.", status=500))


def failure(error: EngineError) -> web.Response:
    """Return the answer that stands for `error`."""
    return web.json_response(error_body(error), status=error_status(error))
