"""What runs: `EngineInfo` to JSON and, from an engine of any version, back."""

from __future__ import annotations

from typing import Any

import attrs

from mendline.engine.protocol import Choice, EngineInfo, FillSupport
from mendline.engine.wire.requests import Json

UNKNOWN = EngineInfo(model="unknown")


def info_body(info: EngineInfo) -> Json:
    """Return the body of `/mendline/info`."""
    return attrs.asdict(info) | {"fill": info.fill.value}


def read_info(fields: Json) -> EngineInfo:
    """Read the body of `/mendline/info`; what is missing, unknown or of the wrong kind counts as not told."""
    plain = {
        attribute.name: fields[attribute.name]
        for attribute in attrs.fields(EngineInfo)
        # The kinds JSON has of its own; enums and tuples are read below.
        if type(fields.get(attribute.name)) is type(getattr(UNKNOWN, attribute.name))
    }
    return attrs.evolve(
        UNKNOWN,
        **plain,
        fill=next((fill for fill in FillSupport if fill.value == fields.get("fill")), UNKNOWN.fill),
        choices=tuple(choice for entry in _list(fields.get("choices")) if (choice := _choice(entry)) is not None),
        notes=tuple(note for note in _list(fields.get("notes")) if isinstance(note, str)),
    )


def _choice(entry: Any) -> Choice | None:
    given = entry if isinstance(entry, dict) else {}
    texts = [text for attribute in attrs.fields(Choice) if isinstance(text := given.get(attribute.name), str)]
    return Choice(*texts) if len(texts) == len(attrs.fields(Choice)) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
