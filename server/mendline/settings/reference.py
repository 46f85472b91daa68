"""The settings reference, written from the model: `python -m mendline.settings.reference > server/docs/settings.md`."""

from __future__ import annotations

import json
import sys
from typing import Any

from mendline.settings.loading import Item, items
from mendline.settings.model import Scope

HEAD = """\
<!-- Written by `make fix` from server/mendline/settings/model.py; edit that. -->

# Settings

Everything works without any. In an editor they stand under `mendline.`; the same names work in the user's
`config.toml` (`mendline doctor` shows where it is) and, where the table says so, in a repository's `.mendline.toml`:

```toml
[completion]
multiline = "never"
maxTokens = 48
```

What the editor says wins over `.mendline.toml`, which wins over `config.toml`. An unknown name or a wrong type is
reported by name, and the value below it is used. A repository cannot set what only a user may: it could send your code
to another server or load a model file of its own. Settings marked † act when the engine is started next
(`mendline engine stop`, or "restart engine" in the editor).

| setting | default | values | in `.mendline.toml` | what it does |
|---|---|---|---|---|
"""


def markdown() -> str:
    """Return the whole page."""
    return HEAD + "".join(_row(item) for item in items())


def _row(item: Item) -> str:
    spec = item.spec
    mark = " †" if spec.restart else ""
    allowed = "yes" if spec.scope is Scope.WORKSPACE else "no"
    doc = spec.doc.replace("|", "\\|")
    return f"| `{item.name}`{mark} | {_literal(item.default)} | {_values(item)} | {allowed} | {doc} |\n"


def _values(item: Item) -> str:
    spec = item.spec
    if isinstance(item.default, bool):
        return "`true`, `false`"
    if spec.table is not None:
        return "list of tables"
    if isinstance(item.default, tuple):
        return f"list of {', '.join(map(_literal, spec.choices))}" if spec.choices else "list of texts"
    values = [_literal(choice) for choice in spec.choices]
    if spec.minimum is not None and spec.maximum is not None:
        values.append(f"{spec.minimum:g} to {spec.maximum:.15g}")
    return ", ".join(values) or "text"


def _literal(value: Any) -> str:
    return f"`{json.dumps(list(value) if isinstance(value, tuple) else value)}`"


if __name__ == "__main__":
    sys.stdout.write(markdown())
