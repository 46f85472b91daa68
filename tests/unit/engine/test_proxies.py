"""Which proxy a request takes, and that nothing else of the user's environment goes with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from aiohttp import web
from yarl import URL

from mendline.engine.client import HttpEngine
from mendline.engine.proxies import proxy_of

PROXY = "http://proxy.invalid:3128"


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("url", "variables", "proxy"),
    [
        ("http://box/v1", {}, None),
        ("http://box/v1", {"http_proxy": PROXY}, PROXY),
        ("https://box/v1", {"http_proxy": PROXY}, None),
        ("https://box/v1", {"HTTPS_PROXY": PROXY}, PROXY),
        ("http://box/v1", {"http_proxy": PROXY, "no_proxy": "box"}, None),
        ("http://box/v1", {"http_proxy": "socks5://proxy.invalid"}, None),
        ("http://127.0.0.1:8080", {"http_proxy": PROXY}, None),
        ("http://localhost:8080", {"http_proxy": PROXY}, None),
        ("http://[::1]:8080", {"http_proxy": PROXY}, None),
    ],
)
def test_the_environment_names_the_proxy(
    url: str, variables: dict[str, str], proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy_of(URL(url)) == proxy


@pytest.mark.parametrize(("token", "sent"), [(None, None), ("KEY", "Bearer KEY")])
async def test_passwords_from_netrc_are_not_sent(
    token: str | None, sent: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine box.invalid login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    seen: list[tuple[str | None, str]] = []

    async def handle(request: web.Request) -> web.Response:
        seen.append((request.headers.get("Authorization"), str(request.url)))
        return web.json_response({"data": [{"id": "some-model"}]} if request.path == "/v1/models" else {})

    # As a proxy it is asked for the host's whole address, which nobody has to resolve.
    runner = web.ServerRunner(web.Server(handle))  # type: ignore[arg-type]  # it hands on a BaseRequest
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{runner.addresses[0][1]}")
    engine = HttpEngine("http://box.invalid", token)
    try:
        assert (await engine.info()).model == "some-model"
    finally:
        await engine.aclose()
        await runner.cleanup()
    assert {authorization for authorization, _ in seen} == {sent}
    assert {URL(url).host for _, url in seen} == {"box.invalid"}
