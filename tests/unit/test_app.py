"""Which engine the settings lead to."""

from pathlib import Path

import attrs
import pytest

from mendline import app
from mendline.engine.client import HttpEngine
from mendline.engine.errors import EngineUnavailable
from mendline.engine.fake import FakeEngine
from mendline.engine.local import LocalEngine
from mendline.engine.shared import SharedEngine
from mendline.settings.model import EngineSettings, Settings


@pytest.fixture(autouse=True)
def _no_fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (app.FAKE_ENGINE, app.FAKE_HOST):
        monkeypatch.delenv(name, raising=False)


def with_engine(**engine: str) -> Settings:
    return attrs.evolve(Settings(), engine=EngineSettings(**engine))


async def test_by_default_the_model_runs_on_this_machine() -> None:
    assert isinstance(app.open_engine(Settings()), LocalEngine)


async def test_an_address_leads_to_that_server() -> None:
    engine = app.open_engine(with_engine(url="http://127.0.0.1:9/v1"))
    assert isinstance(engine, HttpEngine)
    await engine.aclose()


async def test_a_key_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEAM_KEY", raising=False)
    with pytest.raises(EngineUnavailable, match="TEAM_KEY"):
        app.open_engine(with_engine(url="https://127.0.0.1:9", api_key_env="TEAM_KEY"))


@pytest.mark.parametrize(("name", "kind"), [(app.FAKE_ENGINE, FakeEngine), (app.FAKE_HOST, SharedEngine)])
async def test_tests_play_scripts(name: str, kind: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "script.json"
    script.write_text("[]")
    monkeypatch.setenv(name, str(script))
    assert isinstance(app.open_engine(Settings()), kind)


def test_services_are_complete() -> None:
    services = app.services()
    assert services.engine is app.open_engine
    assert services.load_settings(None).settings == app.load_settings(None).settings
