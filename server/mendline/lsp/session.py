"""Everything the server knows of its one editor. Handlers get it as their first argument."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from lsprotocol import types
from pygls.capabilities import ServerCapabilitiesBuilder

from mendline.engine.errors import EngineError
from mendline.engine.status import EngineState
from mendline.lsp import extensions, from_lsp
from mendline.lsp.abilities import Abilities
from mendline.lsp.acceptance import Acceptance
from mendline.lsp.asking import Asking
from mendline.lsp.background import log_failure
from mendline.lsp.client import NO_ANSWER, Client
from mendline.lsp.configuration import SECTION, Configuration, watched
from mendline.lsp.diagnosing import Diagnosing, Publisher
from mendline.lsp.downloads import Downloads
from mendline.lsp.elsewhere import Elsewhere
from mendline.lsp.engine_slot import EngineSlot, close
from mendline.lsp.example_runs import ExampleRuns
from mendline.lsp.figure_keeping import FigureKeeping
from mendline.lsp.fixing import Fixing
from mendline.lsp.fixing_now import FixingNow
from mendline.lsp.idle_repair import IdleRepair
from mendline.lsp.indexing import Indexing, watched_sources
from mendline.lsp.offering import Offering
from mendline.lsp.offers import Offer
from mendline.lsp.parent import watch_parent
from mendline.lsp.parse_ahead import ParseAhead
from mendline.lsp.progress import Bars, LoadingBar
from mendline.lsp.projects import Projects
from mendline.lsp.related import RelatedCode
from mendline.lsp.repairing import Repairing
from mendline.lsp.services import Services
from mendline.lsp.status import StatusLine
from mendline.lsp.suggesting import Request, Suggesting
from mendline.lsp.warming import Warming
from mendline.lsp.working import Working
from mendline.settings.model import Settings
from mendline.telemetry import logs
from mendline.text.positions import PositionEncoding
from mendline.workspace.store import Workspace

logger = logging.getLogger(__name__)

CONFIGURATION_SECONDS = 1.0
"""How long the first suggestion waits for the editor to tell its settings; they say which model to load."""

_DOWNLOAD, _NOT_NOW = "Download", "Not now"


class Session:
    """One editor from `initialize` to `exit`."""

    def __init__(self, services: Services, client: Client, stop: Callable[[], None]) -> None:
        self.services = services
        self.client = client
        self.stop = stop
        self.counters = services.counters
        self.workspace = Workspace(clock=services.clock)
        self.configuration = Configuration(services.load_settings, client.warn)
        self.status = StatusLine(self._tell_status)
        self.engine = EngineSlot(services.engine, self.status)
        self.bars = Bars(client)
        self._loading = LoadingBar(self.bars, self.spawn)
        self.downloads = Downloads(services.models, self.status, self.bars)
        self.indexing = Indexing(services.keep_index)
        self.related = RelatedCode(
            self.workspace,
            lambda: self.settings,
            lambda: self.configuration.folders,
            services.gather,
            self.indexing.indexes,
        )
        projects = Projects(lambda: self.configuration.folders, self.configuration.trusts)
        examples = ExampleRuns(self.workspace, lambda: self.settings, projects)
        self.suggesting = Suggesting(
            self.workspace,
            Asking(self.engine, self.status, self.indexing.knows, examples.of),
            self.related,
            self.counters,
            services.sleep,
            services.clock,
        )
        keeping = FigureKeeping(services.figures, services.sleep, self.spawn)
        self.acceptance = Acceptance(self.workspace, keeping, services.sleep, self.spawn, services.today)
        self.warming = Warming(
            self.workspace,
            self.engine,
            lambda: self.settings,
            self.counters,
            services.rest,
            self.related,
            self.suggesting.after,
        )
        self.elsewhere = Elsewhere()
        self.diagnosing = Diagnosing(lambda: self.settings, self.elsewhere)
        self.publisher = Publisher(self.workspace, self.diagnosing, client.publish)
        self.repairing = Repairing(
            self.workspace,
            self.engine,
            lambda: self.settings,
            projects,
            services.checks,
            self.indexing.indexes,
            self.counters,
        )
        self.offering = Offering(
            self.repairing.known, self.diagnosing, self.elsewhere, lambda: self.settings, self.diagnose_again
        )
        self.fixing = Fixing(
            self.repairing, self.elsewhere, Working(self.bars, self.spawn), client, lambda: self.encoding
        )
        self.fixing_now = FixingNow(self.fixing, client, services.sleep)
        self.idle_repair = IdleRepair(self.repairing, self.engine, lambda: self.settings, services.rest)
        self._parse_ahead = ParseAhead(self.workspace)
        self._tasks: set[asyncio.Task[None]] = set()
        self._initialized = self._wanted = self._started = self._asked = False
        self._configured = asyncio.Event()

    @property
    def settings(self) -> Settings:
        """The effective settings."""
        return self.configuration.settings

    @property
    def encoding(self) -> PositionEncoding:
        """What the editor's characters count."""
        return self.workspace.encoding

    def initialize(self, params: types.InitializeParams) -> None:
        """Take what the editor says of itself. Nothing may be sent to it yet."""
        chosen = ServerCapabilitiesBuilder.choose_position_encoding(params.capabilities)
        self.workspace.encoding = PositionEncoding(getattr(chosen, "value", chosen))
        self.configuration.folders = from_lsp.roots(params)
        self.configuration.initialize(params.initialization_options)
        self.reconfigure()
        if not _pulls_diagnostics(params.capabilities):
            self.publisher.switch_on(self.workspace.encoding)
        if params.process_id is not None:
            self.spawn(watch_parent(params.process_id, self.services.sleep, self.stop))

    async def initialized(self) -> None:
        """Ask for what could not be had before: settings, file watching."""
        self._initialized = True
        self._tell_status(self.status.payload())
        await self.pull_configuration()
        self._configured.set()
        self._configure_indexing()
        if self._wanted:
            self.warm()
        if (watching := self._watching()) is not None:
            watchers = [*watched(relative=bool(watching.relative_pattern_support)), *watched_sources()]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            await self.client.register(types.Registration("mendline-settings", method, options))

    async def pull_configuration(self) -> None:
        """Ask the editor for its settings, if it can tell, and use them; without an answer, the last ones stay."""
        workspace = self.client.capabilities.workspace
        if workspace and workspace.configuration:
            answer = await self.client.configuration(SECTION)
            if answer is not NO_ANSWER:
                self.configuration.take(answer)
        self.reconfigure()

    def changed(self, uri: str) -> None:
        """Note that a document has a new text: its tree and its diagnostics are to follow."""
        self._parse_ahead.changed(uri)
        self.publisher.changed(uri)

    def diagnose_again(self) -> None:
        """Have Mendline's own problems told anew: not the texts changed, but what is told of them."""
        self.publisher.again()
        if Abilities.of(self.client.capabilities).refreshes:
            self.client.refresh_diagnostics()

    def edited(self, uri: str, changes: Sequence[types.TextDocumentContentChangeEvent]) -> None:
        """Note where the user changed a document."""
        self.idle_repair.stop()
        self.fixing_now.stop()
        if changes and (snapshot := self.workspace.snapshot(uri)) is not None:
            self.suggesting.edited(snapshot)
            self.warming.edited(uri, from_lsp.end_of(changes[-1], snapshot.document, self.encoding))

    def reconfigure(self) -> None:
        """Read all settings anew and bring everything in line with them."""
        before, settings = self.settings, self.configuration.reload()
        logs.configure(settings.trace)
        self.repairing.forget()
        if self._initialized and before.diagnostics != settings.diagnostics:
            self.diagnose_again()
        if (unfit := self.engine.configure(settings)) is not None:
            self.suggesting.forget()
            self.spawn(close(unfit))
            self.spawn(self._start_engine())
        self.status.set_enabled(settings.completion.enabled)
        if self._configured.is_set():
            self._configure_indexing()
        if self._wanted:
            self.warm()

    async def suggest(self, request: Request) -> tuple[Offer, ...]:
        """Return what may be shown. The first requests wait for the editor's settings, but not for long."""
        if not self._configured.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._configured.wait(), CONFIGURATION_SECONDS)
        with self.warming.asked(request.snapshot.uri, request.offset):
            return await self.suggesting.suggest(request, self.settings)

    def warm(self) -> None:
        """Load the model ahead of the first suggestion, as soon as it is known which, and that one is wanted."""
        self._wanted = True
        if self._configured.is_set() and not self._started and self.settings.completion.enabled:
            self._started = True
            self.spawn(self._start_engine())

    async def restart(self) -> None:
        """End the engine and start it anew, for all editors that share it."""
        self._started = True
        self.suggesting.forget()
        await close(self.engine.release())
        try:
            await self.services.stop_engine(self.settings)
        except EngineError as error:
            self.client.warn(str(error))
        self.spawn(self._start_engine())

    async def download(self, model: str | None) -> str:
        """Fetch a model and use it; return why not, or an empty text."""
        problem = await self.downloads.fetch(model or self.settings.model.completion)
        if problem:
            self.client.warn(problem)
        else:
            self._started = True
            self.suggesting.forget()
            self.spawn(close(self.engine.release()))
            self.spawn(self._start_engine())
        return problem

    async def _start_engine(self) -> None:
        await self.engine.start()
        self.warming.wake()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the messages; what goes wrong in it is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    async def aclose(self) -> None:
        """Stop everything that is under way."""
        self.downloads.cancel()
        self.indexing.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        try:
            self.services.keep_counts(self.counters.snapshot())
            self.acceptance.keeping.keep()
        except OSError as error:
            logger.warning("the counts of this session are lost: %s", error)
        await close(self.engine.release())

    def _configure_indexing(self) -> None:
        self.indexing.configure(self.configuration.folders, self.settings, watched=self._watching() is not None)

    def _watching(self) -> types.DidChangeWatchedFilesClientCapabilities | None:
        """Return what the editor can do to watch files, None when it can't be asked to."""
        workspace = self.client.capabilities.workspace
        watching = workspace and workspace.did_change_watched_files
        return watching if watching and watching.dynamic_registration else None

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        log_failure(task)

    def _tell_status(self, payload: dict[str, Any]) -> None:
        if not self._initialized:
            return
        self.client.status(payload)
        self._loading.follow(payload)
        missing = payload["state"] == EngineState.MISSING_MODEL.value
        if missing and not self._asked and not extensions.shows_status(self.client.capabilities):
            self._asked = True
            self.spawn(self._offer_download(payload["model"]))

    async def _offer_download(self, model: str) -> None:
        needed = f"Mendline needs the model {model}, which is not on this machine."
        command = f"{needed} `mendline models pull {model}` downloads it."
        if await self.client.ask(f"{needed} Download it?", _DOWNLOAD, _NOT_NOW, otherwise=command) == _DOWNLOAD:
            await self.download(model)


def _pulls_diagnostics(capabilities: types.ClientCapabilities) -> bool:
    text = capabilities.text_document
    return text is not None and text.diagnostic is not None
