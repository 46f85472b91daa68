"""Settings of a session: files, initialization options, and what the editor answers or sends later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from attrs import define, field
from lsprotocol import types

from mendline.settings.loading import WORKSPACE_FILE, Layer, Loaded, from_mapping, user_file
from mendline.settings.model import Settings
from mendline.workspace.trust import TrustedFolders

SECTION = "mendline"

_TRUSTED = "trusted"


@define
class Configuration:
    """Keeps the editor's layers and puts all layers together again when one changes.

    Attributes:
        folders: the workspace's folders, in the order in which they were opened.
        warn: shows one line to the user.
        editor_trusts: whether the editor says that the user trusts the workspace; None where it doesn't say.
    """

    _load: Callable[..., Loaded]
    _warn: Callable[[str], None]
    folders: tuple[Path, ...] = ()
    settings: Settings = field(factory=Settings)
    editor_trusts: bool | None = None
    _initial: Layer = field(factory=lambda: Layer("the editor's initialization options"))
    _editor: Layer = field(factory=lambda: Layer("the editor's settings"))
    _warned: set[str] = field(factory=set)

    @property
    def root(self) -> Path | None:
        """The folder whose `.mendline.toml` counts, the first one; None without any."""
        return self.folders[0] if self.folders else None

    def initialize(self, options: object) -> None:
        """Take the initialization options: settings with or without an outer `mendline`, and `trusted`.

        Only these can say that the workspace is trusted: what editors answer later may stand in the repository's files.
        """
        told, rest = _take_out(options, _TRUSTED)
        if not isinstance(told, bool | None):
            self._warn(f"`{_TRUSTED}` in {self._initial.origin} is ignored: expected true or false.")
        self.editor_trusts = told if isinstance(told, bool) else None
        self._initial = from_mapping(rest, self._initial.origin)

    def trusts(self, folder: Path) -> bool:
        """Whether the user lets code of a folder be executed. Reads the disk.

        What the editor says of the workspace counts more than the user's list of trusted folders.
        """
        if self.editor_trusts is False:
            return False
        if self.editor_trusts and any(folder.is_relative_to(each) for each in self.folders):
            return True
        return TrustedFolders.of_user().holds(folder)

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


def _take_out(options: object, name: str) -> tuple[object, object]:
    """Return what options say under a name, inside or outside of `mendline`, and the options without it."""
    if not isinstance(options, Mapping):
        return None, options
    rest = {key: value for key, value in options.items() if key != name}
    told = options.get(name)
    if isinstance(inner := rest.get(SECTION), Mapping):
        rest[SECTION] = {key: value for key, value in inner.items() if key != name}
        told = inner.get(name) if told is None else told
    return told, rest


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
