"""Folders of generated source files that share words as real ones do; the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_VERBS: Final = [
    "read",
    "write",
    "load",
    "store",
    "find",
    "merge",
    "split",
    "check",
    "count",
    "fetch",
    "send",
    "parse",
    "render",
    "close",
    "open",
    "build",
    "plan",
    "move",
    "copy",
    "sort",
    "filter",
    "group",
    "cancel",
    "retry",
    "update",
    "remove",
    "attach",
    "detach",
    "resolve",
    "encode",
    "decode",
    "verify",
    "notify",
    "schedule",
    "collect",
]
_NOUNS: Final = [
    "ride",
    "station",
    "ticket",
    "wheel",
    "route",
    "driver",
    "invoice",
    "account",
    "payment",
    "address",
    "message",
    "channel",
    "window",
    "buffer",
    "session",
    "token",
    "header",
    "record",
    "column",
    "table",
    "index",
    "shard",
    "bucket",
    "worker",
    "queue",
    "event",
    "signal",
    "metric",
    "report",
    "draft",
    "folder",
    "archive",
    "customer",
    "basket",
    "order",
    "parcel",
    "label",
    "warehouse",
    "shelf",
    "supplier",
    "contract",
    "budget",
    "lease",
    "tenant",
    "meter",
    "sensor",
    "reading",
    "image",
    "frame",
    "track",
    "album",
    "player",
    "level",
    "score",
    "badge",
    "profile",
    "avatar",
    "comment",
    "thread",
    "forum",
    "topic",
    "answer",
    "question",
]
_FOLDER_FILES: Final = 50
_TYPESCRIPT_SHARE: Final = 0.3


def write_tree(root: Path, files: int, seed: int = 0) -> Iterator[int]:
    """Write source files under `root`; yields how many there are, now and then.

    Args:
        root: made if need be.
        files: how many; 50 to a folder, each of about 4 kB, seven in ten Python, the others TypeScript.
        seed: of the choice of words.
    """
    chosen = random.Random(seed)  # noqa: S311 - words, no secret
    for number in range(files):
        group = number // _FOLDER_FILES
        folder = root / f"{_NOUNS[group % len(_NOUNS)]}_{group // len(_NOUNS)}"
        if number % _FOLDER_FILES == 0:
            folder.mkdir(parents=True)
        typescript = chosen.random() < _TYPESCRIPT_SHARE
        make, ending = (_typescript, "ts") if typescript else (_python, "py")
        name = f"{chosen.choice(_VERBS)}_{chosen.choice(_NOUNS)}_{number}.{ending}"
        (folder / name).write_text(make(chosen, number), encoding="utf-8")
        if number % 500 == 499:
            yield number + 1
    yield files


def some_names(count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Names that are likely to be in a tree, in pairs: of a function, and of a class."""
    chosen = random.Random(seed)  # noqa: S311 - words, no secret
    return [(f"{chosen.choice(_VERBS)}_{chosen.choice(_NOUNS)}", _camel(chosen.choice(_NOUNS))) for _ in range(count)]


def _python(chosen: random.Random, number: int) -> str:
    noun, other = chosen.sample(_NOUNS, 2)
    lines = [f'"""Code about a {noun}."""', "", "import json", "", f"{noun.upper()}_LIMIT = {number}", "", ""]
    lines += [f"class {_camel(noun)}{number}:", f'    """One {noun} and its {other}."""', ""]
    for _ in range(4):
        lines += _python_function(chosen, noun, "    ", "self, ")
    for _ in range(5):
        lines += ["", *_python_function(chosen, other, "", "")]
    return "\n".join(lines) + "\n"


def _python_function(chosen: random.Random, noun: str, indent: str, own: str) -> list[str]:
    verb, first, second = chosen.choice(_VERBS), *chosen.sample(_NOUNS, 2)
    lines = [f"def {verb}_{first}({own}{second}: str, limit: int = {chosen.randrange(90)}) -> list[str]:"]
    lines += [f'    """{verb.capitalize()} the {first} of a {noun}."""', f"    {first}_list = []"]
    for _ in range(6):
        each, way = chosen.choice(_NOUNS), chosen.choice(_VERBS)
        lines += [f"    for {each} in {second}.{way}_{each}(limit):", f"        {first}_list.append({each}.{noun})"]
    lines += [f"    return {first}_list", ""]
    return [indent + line if line else line for line in lines]


def _typescript(chosen: random.Random, number: int) -> str:
    noun, other = chosen.sample(_NOUNS, 2)
    lines = [f"import {{ {_camel(other)} }} from './{other}';", ""]
    lines += [f"export interface {_camel(noun)}{number} {{", f"  {other}: string;", f"  {noun}Count: number;", "}", ""]
    for _ in range(8):
        verb, first, second = chosen.choice(_VERBS), *chosen.sample(_NOUNS, 2)
        name = f"{verb}{_camel(first)}"
        lines += [f"/** {verb.capitalize()} the {first}. */"]
        lines += [
            f"export function {name}({second}: {_camel(noun)}{number}, limit = {chosen.randrange(90)}): string[] {{"
        ]
        lines += [f"  const {first}List: string[] = [];"]
        for _ in range(6):
            each, way = chosen.choice(_NOUNS), chosen.choice(_VERBS)
            lines += [f"  {first}List.push({second}.{way}{_camel(each)}(limit));"]
        lines += [f"  return {first}List;", "}", ""]
    return "\n".join(lines) + "\n"


def _camel(noun: str) -> str:
    return noun.capitalize()
