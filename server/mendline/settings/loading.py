"""From mappings and files to `Settings`, with the origin of each value and a message for each mistake.

Layers, weakest first: defaults, the user's `config.toml`, the workspace's `.mendline.toml`, what the editor says
(initialization options, then `workspace/configuration`). A workspace's file may not set what only the user may
(`Scope.USER`): a cloned repository must not be able to send code to another server or to load a model file of its own.
"""

from __future__ import annotations

import difflib
import math
import os
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import platformdirs
from attrs import frozen

from mendline.settings.model import SPEC, Scope, Settings, Spec

USER_FILE = "config.toml"
WORKSPACE_FILE = ".mendline.toml"
DEFAULT_ORIGIN = "default"
MOST_BYTES = 64 * 1024
"""The largest settings file that is read."""


@frozen
class Layer:
    """Values from one place.

    Attributes:
        origin: where they come from, as a user would name it.
        values: dotted camelCase name to value.
        problems: one sentence for each thing that could not be used.
    """

    origin: str
    values: Mapping[str, Any] = attrs.field(factory=dict)
    problems: tuple[str, ...] = ()


@frozen
class Loaded:
    """Settings put together.

    Attributes:
        settings: the effective settings.
        origins: dotted camelCase name to the origin of its value, for every setting.
        problems: what was ignored, and why; each is one sentence to show.
    """

    settings: Settings
    origins: Mapping[str, str]
    problems: tuple[str, ...] = ()


@frozen
class Item:
    """One setting: its dotted camelCase name, the attribute path to it, default, declared type and `Spec`."""

    name: str
    path: tuple[str, ...]
    default: Any
    type: Any
    spec: Spec


def merge(*layers: Layer) -> Loaded:
    """Put layers over the defaults, the weakest first."""
    settings = Settings()
    origins = {item.name: DEFAULT_ORIGIN for item in items()}
    paths = {item.name: item.path for item in items()}
    problems: list[str] = []
    for layer in layers:
        problems += layer.problems
        for name, value in layer.values.items():
            before = _get(settings, paths[name])
            # Lists add up: a repository can exclude more files, never fewer than its user does (`_check_patterns`).
            after = (*before, *value) if isinstance(before, tuple) else value
            settings = _with(settings, paths[name], after)
            origins[name] = layer.origin
    return Loaded(settings, origins, tuple(problems))


def from_mapping(mapping: object, origin: str, *, scope: Scope = Scope.USER) -> Layer:
    """Check values from an editor or a file.

    Args:
        mapping: nested or dotted camelCase names, with or without the outer `mendline` key. None values stand
            for "not set", as editors send them.
        origin: how to name this place in messages.
        scope: `Scope.WORKSPACE` refuses the settings that only the user may set.
    """
    if mapping is None:
        return Layer(origin)
    if not isinstance(mapping, Mapping):
        return Layer(origin, {}, (f"Settings from {origin} are ignored: expected a table, got {_kind(mapping)}.",))
    try:
        return _from_table(mapping, origin, scope)
    except RecursionError:
        return Layer(origin, {}, (f"Settings from {origin} are ignored: they are nested too deeply.",))


def _from_table(mapping: Mapping[Any, Any], origin: str, scope: Scope) -> Layer:
    known = {item.name: item for item in items()}
    values: dict[str, Any] = {}
    problems: list[str] = []
    inner = mapping["mendline"] if isinstance(mapping.get("mendline"), Mapping) else mapping
    for name, value in _flatten(inner, frozenset(known)):
        item = known.get(name)
        if item is None:
            problems.append(f"Unknown setting `{name}` in {origin} is ignored{_nearest(name, known)}.")
        elif scope is Scope.WORKSPACE and item.spec.scope is Scope.USER:
            problems.append(
                f"Setting `{name}` in {origin} is ignored: a repository may not set it; "
                f"put it in your own settings or in {user_file()}."
            )
        elif value is not None:
            checked, expected = _check(item, value, scope)
            if expected:
                problems.append(
                    f"Setting `{name}` in {origin} is ignored: expected {expected}, got {_shown(value)}; "
                    f"the default {_shown(item.default)} is used."
                )
            else:
                values[name] = checked
    return Layer(origin, values, tuple(problems))


def from_file(path: Path, *, scope: Scope) -> Layer:
    """Read a TOML file; a file that does not exist is an empty layer.

    A repository's file is a stranger's: only a regular file of a sane size is read, and nothing in it raises.
    """
    try:
        content = _read_bounded(path)
        mapping = tomllib.loads(content.decode("utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return Layer(str(path))
    except (OSError, ValueError) as error:  # what can't be decoded, in either sense, is a ValueError
        return Layer(str(path), {}, (f"{path} is ignored: {_one_line(error)}.",))
    except RecursionError:
        return Layer(str(path), {}, (f"{path} is ignored: it is nested too deeply.",))
    return from_mapping(mapping, str(path), scope=scope)


def load(root: Path | None = None, *editor: Layer) -> Loaded:
    """Load the user's file, the workspace's file under `root`, and the editor's layers over them."""
    layers = [from_file(user_file(), scope=Scope.USER)]
    if root is not None:
        layers.append(from_file(root / WORKSPACE_FILE, scope=Scope.WORKSPACE))
    return merge(*layers, *editor)


def user_file() -> Path:
    """Return the path of the user's settings file; `MENDLINE_CONFIG` moves it."""
    moved = os.environ.get("MENDLINE_CONFIG")
    return Path(moved) if moved else platformdirs.user_config_path("mendline") / USER_FILE


def items() -> Iterator[Item]:
    """Iterate over every setting in the order of the model."""
    yield from _items(Settings, (), ())


def camel(name: str) -> str:
    """An attribute's name as it is written outside."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _read_bounded(path: Path) -> bytes:
    """Read a small regular file; a pipe or a device is never opened for reading.

    Raises:
        OSError: it can't be read.
        ValueError: it is no regular file, or too large.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise ValueError("it is not a regular file")
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"it has more than {MOST_BYTES} bytes")
    return content


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _items(cls: type, names: tuple[str, ...], path: tuple[str, ...]) -> Iterator[Item]:
    for attribute in attrs.fields(attrs.resolve_types(cls)):
        name = (*names, camel(attribute.name))
        here = (*path, attribute.name)
        spec = attribute.metadata.get(SPEC)
        if spec is None:
            yield from _items(attribute.type, name, here)
        else:
            yield Item(".".join(name), here, attribute.default, attribute.type, spec)


def _flatten(mapping: Mapping[Any, Any], known: frozenset[str], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in mapping.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and name not in known:
            yield from _flatten(value, known, f"{name}.")
        else:
            yield name, value


def _get(target: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        target = getattr(target, name)
    return target


def _with(target: Any, path: tuple[str, ...], value: Any) -> Any:
    head, *rest = path
    inner = _with(getattr(target, head), tuple(rest), value) if rest else value
    return attrs.evolve(target, **{head: inner})


def _check(item: Item, value: Any, scope: Scope) -> tuple[Any, str]:
    """Return the value to use and an empty text, or what was expected instead."""
    spec, kind = item.spec, str(item.type)
    if isinstance(item.default, bool):
        return value, "" if isinstance(value, bool) else "true or false"
    if spec.table is not None:
        return _check_tables(spec.table, value)
    if isinstance(item.default, tuple):
        return _check_list(item, value) if spec.choices else _check_patterns(value, scope)
    numeric = isinstance(item.default, int | float) or "int" in kind
    if numeric and isinstance(value, int | float) and not isinstance(value, bool):
        return _check_number(item, value)
    if isinstance(value, str) and (value in spec.choices or not (spec.choices or numeric)):
        return value, ""
    return value, _expected(item, numeric=numeric)


def _check_list(item: Item, value: Any) -> tuple[Any, str]:
    if isinstance(value, list | tuple) and all(entry in item.spec.choices for entry in value):
        return tuple(value), ""
    return value, "a list of " + ", ".join(f'"{choice}"' for choice in item.spec.choices)


def _check_tables(table: type, value: Any) -> tuple[Any, str]:
    fields = {camel(attribute.name): attribute for attribute in attrs.fields(attrs.resolve_types(table))}
    needed = [name for name, attribute in fields.items() if attribute.default is attrs.NOTHING]
    expected = f"a list of tables with {', '.join(f'`{name}`' for name in fields)} ({', '.join(needed)} needed)"
    if not isinstance(value, list | tuple):
        return value, expected
    made = []
    for entry in value:
        if not isinstance(entry, Mapping) or not entry.keys() <= fields.keys() or not entry.keys() >= set(needed):
            return value, expected
        if not all(_is_text(each, in_list=fields[name].type is not str) for name, each in entry.items()):
            return value, expected
        given = {fields[name].name: each if isinstance(each, str) else tuple(each) for name, each in entry.items()}
        made.append(table(**given))
    return tuple(made), ""


def _is_text(value: Any, *, in_list: bool) -> bool:
    if not in_list:
        return isinstance(value, str)
    return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)


def _check_patterns(value: Any, scope: Scope) -> tuple[Any, str]:
    if not isinstance(value, list | tuple) or not all(isinstance(entry, str) for entry in value):
        return value, "a list of texts"
    if scope is Scope.WORKSPACE and any(entry.lstrip().startswith("!") for entry in value):
        return value, "patterns without `!` (a repository can exclude files, not take them back in)"
    return tuple(value), ""


def _check_number(item: Item, value: Any) -> tuple[Any, str]:
    spec = item.spec
    whole = not isinstance(item.default, float)
    if isinstance(value, float) and (not math.isfinite(value) or (whole and not value.is_integer())):
        return value, _expected(item, numeric=True)
    low = spec.minimum is not None and value < spec.minimum
    high = spec.maximum is not None and value > spec.maximum
    if low or high:
        return value, _expected(item, numeric=True)
    return (int(value) if whole else float(value)), ""


def _expected(item: Item, *, numeric: bool) -> str:
    spec = item.spec
    wanted: list[str] = []
    if numeric:
        number = "a number" if isinstance(item.default, float) else "a whole number"
        wanted.append(f"{number} from {spec.minimum:g} to {spec.maximum:g}")
    wanted += [f'"{choice}"' for choice in spec.choices]
    return " or ".join(wanted) or "a text"


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""


def _shown(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() > 256:
        return "a very large number"  # Python refuses to write out one of thousands of digits
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _kind(value: object) -> str:
    return {list: "a list", str: "a text", int: "a number", float: "a number", bool: "true or false"}.get(
        type(value), type(value).__name__
    )
