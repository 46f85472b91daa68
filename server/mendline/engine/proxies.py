"""Which proxy a request takes: the one the environment names, and none to this machine itself."""

from __future__ import annotations

import urllib.request

from yarl import URL

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names of this machine; an IPv6 address stands in brackets in URLs and `Host` headers, and without here."""


def proxy_of(url: URL) -> str | None:
    """Return the address of the proxy, None for none.

    aiohttp's own way, `trust_env`, would also send what `~/.netrc` has for the host.
    """
    host = url.host or ""
    proxy = urllib.request.getproxies().get(url.scheme)
    if not proxy or not proxy.startswith(("http://", "https://")):
        return None
    return None if host in LOOPBACK or urllib.request.proxy_bypass(host) else proxy
