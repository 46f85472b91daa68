"""Bringing an index up to date with a workspace's files, in steps that others can come between."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import attrs
from attrs import define, field

from mendline.workspace.ignoring import IGNORE_FILES, IgnoreRules
from mendline.workspace.index.attempts import Attempts
from mendline.workspace.index.entries import entry_of
from mendline.workspace.index.place import IndexPlace
from mendline.workspace.index.state import IndexState
from mendline.workspace.index.walking import GENERATED, Limits, Source, Walk
from mendline.workspace.index.writer import IndexWriter
from mendline.workspace.reading import decoded, is_made, read_bytes

CRASHED: Final = "crashed the parser"
_BINARY: Final = "binary"
_UNPARSED: Final = "took too long to parse"
_GONE: Final = "could not be read"

_STEP_SECONDS: Final = 0.5
_TIDY_CHANGES: Final = 2_000


@define
class Builder:
    """Keeps one workspace's index.

    Attributes:
        mask: takes the secrets out of a text; what it leaves is all that is kept.
        exclude: the user's `privacy.exclude`.
        now: Unix time.
    """

    root: Path
    place: IndexPlace
    writer: IndexWriter
    mask: Callable[[str], str]
    exclude: tuple[str, ...] = ()
    limits: Limits = field(factory=Limits)
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
    _rules: IgnoreRules = field(init=False)
    _met: Counter[str] = field(factory=Counter, init=False)
    _state: IndexState = field(factory=IndexState, init=False)
    _changes: int = field(default=0, init=False)
    _attempts: Attempts = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._attempts = Attempts(self.place.attempt)
        self._rules = IgnoreRules(self.root, self.exclude)
        self._give_up_crashed()

    @property
    def state(self) -> IndexState:
        """Where the index stands, as readers see it."""
        return self._state

    def look_at_all(self) -> Iterator[None]:
        """Bring everything up to date; yields a few times a second, after what was done can be seen by readers."""
        self._rules = IgnoreRules(self.root, self.exclude)
        walk = Walk(self.root, self._rules, self.limits, self.clock)
        start = committed = self.clock()
        seen: set[str] = set()
        for source in walk.sources():
            seen.add(source.path)
            self._take(source)
            if self.clock() - committed > _STEP_SECONDS:
                self._met = walk.left_out
                self._commit()
                yield
                committed = self.clock()
        self._remove_missing(seen, complete=walk.complete)
        self._met = walk.left_out
        self._state = attrs.evolve(self._state, phase="ready", seconds=round(self.clock() - start, 3))
        self._commit()
        if self._changes >= _TIDY_CHANGES:
            self._changes = 0
            yield from self.writer.tidy()
        yield

    def look_at(self, paths: Iterable[str]) -> bool:
        """Bring some files up to date, or what was in a folder that is gone.

        Args:
            paths: from the root, with forward slashes.

        Returns:
            False when everything has to be looked at, since an ignore file is among them.
        """
        walk = Walk(self.root, self._rules, self.limits, self.clock)
        for path in paths:
            if path.rpartition("/")[2] in IGNORE_FILES or path == ".git/info/exclude":
                return False
            source = walk.source(path)
            if source is not None and (path in self.writer.stamps or len(self.writer.stamps) < self.limits.files):
                self._take(source)
                continue
            self._remove(path)
            if not (self.root / path).exists():
                for each in [each for each in self.writer.stamps if each.startswith(f"{path}/")]:
                    self._remove(each)
        self._commit()
        return True

    def _take(self, source: Source) -> None:
        known = self.writer.stamps.get(source.path)
        if known is not None and known.fits(source):
            return
        content = read_bytes(self.root / source.path, self.limits.file_bytes)
        digest = _digest(content or b"")
        if known is not None and known.digest == digest and content is not None:
            self.writer.touch(source)
            return
        self._changes += 1
        text = None if content is None else decoded(content)
        if text is None:
            self.writer.put(source, digest, None, _GONE if content is None else _BINARY)
        elif is_made(text):
            self.writer.put(source, digest, None, GENERATED)
        else:
            self._parse(source, digest, text)

    def _parse(self, source: Source, digest: bytes, text: str) -> None:
        self._attempts.begin(source.path)
        entry = entry_of(source.path, source.language, self.mask(text))
        self._attempts.end()
        self.writer.put(source, digest, entry, _UNPARSED if entry is None else None)

    def _remove(self, path: str) -> None:
        if path in self.writer.stamps:
            self._changes += 1
            self.writer.remove(path)

    def _remove_missing(self, seen: set[str], *, complete: bool) -> None:
        """Remove what was not met; after an incomplete walk only what is not there any more."""
        for path in [each for each in self.writer.stamps if each not in seen]:
            if complete or not (self.root / path).is_file() or self._rules.why(path) is not None:
                self._remove(path)

    def _commit(self) -> None:
        stamps = self.writer.stamps.values()
        reasons = Counter(each.reason for each in stamps if each.reason is not None)
        left_out = dict(sorted((self._met + reasons).items()))
        self._state = attrs.evolve(
            self._state,
            files=sum(each.reason is None for each in stamps),
            definitions=self.writer.definitions,
            passages=self.writer.passages,
            left_out=left_out,
            updated=self.now(),
            searchable=self.writer.searchable,
        )
        self.writer.commit(self._state)

    def _give_up_crashed(self) -> None:
        path = self._attempts.take_unfinished()
        source = Walk(self.root, self._rules, self.limits, self.clock).source(path) if path else None
        if source is not None:
            content = read_bytes(self.root / path, self.limits.file_bytes) or b""
            self.writer.put(source, _digest(content), None, CRASHED)
            self._commit()


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()
