"""An index that knows what a test tells it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from attrs import define, field

from mendline.workspace.index.model import Definition, Passage


def defined(
    name: str, path: str, *, container: str = "", signature: str = "", language_id: str = "python"
) -> Definition:
    """A definition of which only the name and the place matter."""
    return Definition(name, "function", container, signature or f"def {name}():", "", path, 1, language_id)


@define
class FixedIndex:
    """Answers from its lists and notes what was asked for."""

    known: Sequence[Definition] = ()
    passages: Sequence[Passage] = ()
    names: list[tuple[str, ...]] = field(factory=list)
    words: list[tuple[str, ...]] = field(factory=list)
    used: list[str] = field(factory=list)

    def definitions(self, names: Collection[str], *, limit: int = 20) -> tuple[Definition, ...]:
        self.names.append(tuple(names))
        return tuple(each for each in self.known if each.name in names)[:limit]

    def in_file(self, path: str) -> tuple[Definition, ...]:
        return tuple(each for each in self.known if each.path == path)

    def search(self, words: Sequence[str], *, limit: int = 8, exclude: str = "") -> tuple[Passage, ...]:
        self.words.append(tuple(words))
        return tuple(each for each in self.passages if each.path != exclude)[:limit]

    def using(self, name: str, near: Sequence[str] = (), *, limit: int = 8, exclude: str = "") -> tuple[Passage, ...]:
        self.used.append(name)
        return tuple(each for each in self.passages if each.path != exclude and name in each.text)[:limit]

    def knows(self, name: str) -> bool:
        return any(each.name == name for each in self.known)
