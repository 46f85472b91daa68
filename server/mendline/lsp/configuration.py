"""Settings of a session: files, initialization options, and what the editor answers or sends later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import define, field
from lsprotocol import types

from mendline.settings.loading import WORKSPACE_FILE, Layer, Loaded, from_mapping, user_file
from mendline.settings.model import Settings

SECTION = "mendline"


@define
class Configuration:
    """Keeps the editor's layers and puts all layers together again when one changes.

    Attributes:
        folders: the workspace's folders, in the order in which they were opened.
        warn: shows one line to the user.
    """

    _load: Callable[..., Loaded]
    _warn: Callable[[str], None]
    folders: tuple[Path, ...] = ()
    settings: Settings = field(factory=Settings)
    _initial: Layer = field(factory=lambda: Layer("the editor's initialization options"))
    _editor: Layer = field(factory=lambda: Layer("the editor's settings"))
    _warned: set[str] = field(factory=set)

    @property
    def root(self) -> Path | None:
        """The folder whose `.mendline.toml` counts, the first one; None without any."""
        return self.folders[0] if self.folders else None

    def initialize(self, options: object) -> None:
        """Take the initialization options: settings with or without an outer `mendline`."""
        self._initial = from_mapping(options, self._initial.origin)

    def take(self, answer: object) -> None:
        """Take what the editor says of the section `mendline`."""
        self._editor = from_mapping(answer, self._editor.origin)

    def reload(self) -> Settings:
        """Read the files anew, put everything together and show what is new among the problems."""
        loaded = self._load(self.root, self._initial, self._editor)
        self.settings = loaded.settings
        for problem in loaded.problems:
            if problem not in self._warned:
                self._warned.add(problem)
                self._warn(problem)
        return self.settings


def watched(*, relative: bool) -> list[types.FileSystemWatcher]:
    """Return what the editor shall watch: also without a folder, as one may be opened later.

    Args:
        relative: whether it knows `RelativePattern`; the user's file is outside of the workspace and cannot be
            named without.
    """
    watchers = [types.FileSystemWatcher(f"**/{WORKSPACE_FILE}")]
    if relative:
        file = user_file()
        pattern = types.RelativePattern(base_uri=file.parent.absolute().as_uri(), pattern=file.name)
        watchers.append(types.FileSystemWatcher(pattern))
    return watchers
