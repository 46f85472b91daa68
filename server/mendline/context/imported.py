"""What the imports of a file lead to."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator

from mendline.context.focus import Focus
from mendline.context.lookup import Found, definition, module_path
from mendline.context.surroundings import Surroundings
from mendline.syntax.imports import Imported

_MOST_LOOKED_UP = 80


class Rank(enum.IntEnum):
    """How likely it is that a name is written next, the likeliest first."""

    UNUSED = 0
    NEAR = 1
    ELSEWHERE = 2
    OFFERED = 3

    @classmethod
    def of(cls, name: str, near: Counter[str], elsewhere: Counter[str], *, otherwise: Rank) -> Rank:
        """The rank of a name by where else it stands.

        Args:
            name: as the file calls it.
            near: how often names stand around the cursor.
            elsewhere: how often they stand in the rest of the file.
            otherwise: the rank of a name that stands nowhere.
        """
        return cls.NEAR if near[name] else cls.ELSEWHERE if elsewhere[name] else otherwise


def imported(focus: Focus, surroundings: Surroundings) -> Iterator[tuple[Imported, Found]]:
    """Each name that a file imports, as far as its definition can be found in another file; in their order."""
    path = focus.path
    if path is None:
        return
    looked_up = 0
    for each in focus.imports:
        module = module_path(each.module, path, focus.language_id, surroundings) if not each.reexports else None
        if module is None or module == path:
            continue
        for name in each.names:
            looked_up += 1
            if looked_up > _MOST_LOOKED_UP:
                return
            found = definition("" if name.name == "*" else name.name, module, surroundings)
            if found is not None and found.file.path != path:
                yield name, found
