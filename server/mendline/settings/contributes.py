"""The VS Code client's settings, written from the model: `python -m mendline.settings.contributes PACKAGE_JSON`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import attrs

from mendline.settings.loading import Item, camel, items
from mendline.settings.model import Scope

TITLE = "Server"
"""The title of the group in `contributes.configuration` that holds what is written here, and nothing else."""


def properties() -> dict[str, Any]:
    """Return a VS Code configuration property for each setting, under `mendline.`, in the order of the model."""
    return {f"mendline.{item.name}": _property(item, order) for order, item in enumerate(items())}


def written(manifest: str) -> str:
    """Return the text of a `package.json` with its group of the server's settings brought up to date.

    Raises:
        ValueError: it has no such group.
    """
    package = json.loads(manifest)
    groups = package.get("contributes", {}).get("configuration", [])
    group = next((each for each in groups if each.get("title") == TITLE), None)
    if group is None:
        raise ValueError(f"contributes.configuration has no group with the title {TITLE!r}")
    group["properties"] = properties()
    return json.dumps(package, indent=2, ensure_ascii=False) + "\n"


def _property(item: Item, order: int) -> dict[str, Any]:
    spec = item.spec
    restart = " Acts when the engine is started next." if spec.restart else ""
    return {
        **_type(item),
        "default": list(item.default) if isinstance(item.default, tuple) else item.default,
        "markdownDescription": spec.doc + restart,
        # What only the user may set, VS Code must not take from a repository's `.vscode/settings.json` either.
        "scope": "machine" if spec.scope is Scope.USER else "window",
        "order": order,
    }


def _type(item: Item) -> dict[str, Any]:
    spec = item.spec
    if isinstance(item.default, bool):
        return {"type": "boolean"}
    if spec.table is not None:
        return {"type": "array", "items": _table(spec.table)}
    if isinstance(item.default, tuple):
        texts: dict[str, Any] = {"type": "string"}
        if spec.choices:
            texts["enum"] = list(spec.choices)
        return {"type": "array", "items": texts, "uniqueItems": True}
    if spec.minimum is None:
        return {"type": "string", "enum": list(spec.choices)} if spec.choices else {"type": "string"}
    number = {
        "type": "number" if item.type is float else "integer",
        "minimum": spec.minimum,
        "maximum": spec.maximum,
    }
    return {"anyOf": [{"type": "string", "enum": list(spec.choices)}, number]} if spec.choices else number


def _table(table: type) -> dict[str, Any]:
    text = {"type": "string"}
    fields = [(camel(each.name), each) for each in attrs.fields(attrs.resolve_types(table))]
    return {
        "type": "object",
        "properties": {name: text if each.type is str else {"type": "array", "items": text} for name, each in fields},
        "required": [name for name, each in fields if each.default is attrs.NOTHING],
        "additionalProperties": False,
    }


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")
