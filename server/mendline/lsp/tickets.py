"""What a code action carries from the list to its resolution: enough to begin, whatever was forgotten since."""

from __future__ import annotations

from typing import Any

import cattrs
from attrs import frozen

from mendline.checks.finding import Finding
from mendline.settings.errors import MendlineError

_converter = cattrs.Converter(detailed_validation=False)


class NoTicket(MendlineError):
    """What an editor sent back is not what it was given."""


@frozen
class Ticket:
    """One fix to look for.

    Attributes:
        uri: the document.
        version: the editor's number for the state that the finding is about.
        finding: what is wrong, its places in code points and its path empty; None for everything in the document.
        notes: what is said of related places.
    """

    uri: str
    version: int | None
    finding: Finding | None = None
    notes: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Return it as plain values."""
        data: dict[str, Any] = _converter.unstructure(self)
        return data

    @classmethod
    def of(cls, data: object) -> Ticket:
        """Read it back.

        Raises:
            NoTicket: the values make none.
        """
        try:
            return _converter.structure(data, cls)
        except (ValueError, TypeError, KeyError, AttributeError, cattrs.StructureHandlerNotFoundError) as error:
            raise NoTicket("expected the data of one of Mendline's code actions") from error
