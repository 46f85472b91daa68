"""Running the examples in a document's docstrings: its project as the editor has it, with one text of the document."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable

from attrs import frozen

from mendline.checks.check import Report, Subject
from mendline.features.completion import RunsExamples
from mendline.lsp import from_lsp
from mendline.lsp.projects import Projects, unsaved
from mendline.settings.model import Settings
from mendline.workspace.store import Snapshot, Workspace


@frozen
class ExampleRuns:
    """Makes what runs a document's examples."""

    _workspace: Workspace
    _settings: Callable[[], Settings]
    _projects: Projects

    def of(self, snapshot: Snapshot) -> RunsExamples | None:
        """Return what runs those of a document; None for what is in no file."""
        file = from_lsp.path(snapshot.uri)
        return None if file is None else functools.partial(self._run, snapshot, file)

    async def _run(self, snapshot: Snapshot, file: str, text: str, symbols: tuple[str, ...], seconds: float) -> Report:
        # Most sessions never need it, and it brings the sandbox with it.
        from mendline.checks.verifiers.doctest import run_unseen  # noqa: PLC0415

        project, path = await asyncio.to_thread(self._projects.of, file)
        others = self._workspace.others(snapshot.uri)
        texts = await asyncio.to_thread(unsaved, project, others, self._settings().privacy.exclude)
        subject = Subject(project, path, snapshot.language_id, {**texts, path: text}, symbols)
        return await run_unseen(subject, seconds)
