"""Holes in programs, from files of two benchmarks."""

from __future__ import annotations

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from mendline.evaluation.filled import Filled
from mendline.evaluation.infilling.items import Item, in_turns
from mendline.evaluation.json_lines import ItemsError, read_objects, texts_of
from mendline.evaluation.running import Case
from mendline.text.document import Edit, Range

_INFILLING = tuple(each.name for each in attrs.fields(Item))
_SAFIM = ("task_id", "lang", "eval_prompt", "ground_truth")
_COMPLETION = "{{completion}}"
_ENDINGS = (".jsonl", ".jsonl.gz")


@frozen
class Hole:
    """A hole in a program.

    Attributes:
        name: its name, the file's before the item's: `single_line/SingleLineInfilling/HumanEval/0/L0`.
        group: the file's name; figures are told for each.
        problem: what program it is in; several holes may be in the same.
        prompt: the program before the hole.
        suffix: the program after it.
        solution: what stood in the hole.
        check: a text behind the program that makes it raise an exception when it is wrong; empty where there is none.
        cases: inputs and outputs of the program; none where there are none. Without `check` and `cases`, only what
            stood in the hole is right.
    """

    name: str
    group: str
    problem: str
    prompt: str = field(repr=False)
    suffix: str = field(repr=False)
    solution: str = field(repr=False)
    check: str = field(default="", repr=False)
    cases: tuple[Case, ...] = field(default=(), repr=False)

    @property
    def executed(self) -> bool:
        """Whether it is judged by running the program."""
        return bool(self.check or self.cases)

    @property
    def document(self) -> str:
        """The program with nothing in the hole; the cursor is at the end of `prompt`."""
        return self.prompt + self.suffix

    def filled(self, edit: Edit) -> Filled:
        """Return the document with an edit made in it."""
        start = len(self.prompt)
        return Filled(self.prompt + self.solution + self.suffix, Range(start, start + len(self.solution)), edit)

    @property
    def has_own_lines(self) -> bool:
        """Whether the hole lies between whole lines, judged by what is around it and not by what stood in it."""
        return not self.prompt.rpartition("\n")[2].strip() and bool(self.suffix.partition("\n")[0].strip())


def files_of(path: Path) -> tuple[Path, ...]:
    """Return a benchmark's file, or those below a folder; files of other benchmarks in a folder are passed over.

    Raises:
        ItemsError: there is none.
    """
    if path.is_file():
        return (path,)
    if not path.is_dir():
        raise ItemsError(f"there is no file or folder {path}")
    files = sorted(each for each in path.rglob("*") if each.name.endswith(_ENDINGS) and each.is_file())
    found = tuple(each for each in files if _is_known(next((found for _, found in read_objects(each)), {})))
    if not found:
        raise ItemsError(f"{path} has no files of HumanEval-Infilling or of SAFIM's Python part in it")
    return found


def read_holes(path: Path, group: str) -> tuple[Hole, ...]:
    """Read a file of JSON lines, gzipped or plain, in the format of either benchmark.

    Raises:
        ItemsError: it can't be read, is of neither benchmark, has nothing in it, or an item twice.
    """
    holes = tuple(_hole(found, place, group) for place, found in read_objects(path))
    if not holes:
        raise ItemsError(f"{path} has no items in it")
    if len({hole.name for hole in holes}) < len(holes):
        raise ItemsError(f"{path} has two items with the same task_id")
    return holes


def groups_of(files: Sequence[Path]) -> dict[str, Path]:
    """Return what figures of each file are told under: its name, with its folder's where others have it."""
    names = Counter(map(_stem, files))
    return {_stem(file) if names[_stem(file)] == 1 else f"{file.parent.name}/{_stem(file)}": file for file in files}


def draw(holes: Sequence[Hole], limit: int | None, seed: int) -> tuple[Hole, ...]:
    """Draw `limit` holes of each group by chance; all of them without a limit.

    With the same seed, a larger limit draws the same and more. Holes of one program don't follow each other
    (`infilling.items.choose` says why).
    """
    groups: defaultdict[str, list[Hole]] = defaultdict(list)
    for hole in holes:
        groups[hole.group].append(hole)
    chosen: list[Hole] = []
    for group, those in groups.items():
        order = list(range(len(those)))
        random.Random(f"{seed}:{group}").shuffle(order)  # noqa: S311 - chance, no secret
        chosen += in_turns([those[number] for number in sorted(order[:limit])])
    return tuple(chosen)


def _stem(file: Path) -> str:
    return file.name.removesuffix(".gz").removesuffix(".jsonl")


def _is_known(found: Mapping[str, Any]) -> bool:
    return all(name in found for name in _INFILLING) or (
        all(name in found for name in _SAFIM) and found["lang"] == "python"
    )


def _hole(found: Mapping[str, Any], place: str, group: str) -> Hole:
    if "eval_prompt" in found:
        return _of_safim(found, place, group)
    if "canonical_solution" in found:
        return _of_infilling(Item(**texts_of(found, _INFILLING, place)), group)
    raise ItemsError(f"{place}: this is an item of neither HumanEval-Infilling nor SAFIM")


def _of_infilling(item: Item, group: str) -> Hole:
    return Hole(
        name=f"{group}/{item.task_id}",
        group=group,
        problem=item.problem,
        prompt=item.prompt,
        suffix=item.suffix,
        solution=item.canonical_solution,
        check=item.check,
    )


def _of_safim(found: Mapping[str, Any], place: str, group: str) -> Hole:
    texts = {name: _unified(text) for name, text in texts_of(found, _SAFIM, place).items()}
    if texts["lang"] != "python":
        raise ItemsError(f"{place}: the program is {texts['lang']}; only Python can be run here")
    prompt, *rest = texts["eval_prompt"].split(_COMPLETION)
    if len(rest) != 1:
        raise ItemsError(f"{place}: 'eval_prompt' has {len(rest)} times {_COMPLETION} in it, not once")
    program = prompt + texts["ground_truth"] + rest[0]
    return Hole(
        name=f"{group}/{texts['task_id']}",
        group=group,
        problem=hashlib.sha256(program.encode()).hexdigest()[:12],
        prompt=prompt,
        suffix=rest[0],
        solution=texts["ground_truth"],
        cases=tuple(_cases(found.get("unit_tests"), place)),
    )


def _cases(found: Any, place: str) -> Iterator[Case]:
    if not isinstance(found, list):
        raise ItemsError(f"{place}: 'unit_tests' is no list")
    for each in found:
        outputs = each.get("output") if isinstance(each, dict) else None
        outputs = [outputs] if isinstance(outputs, str) else outputs
        if not isinstance(outputs, list) or not all(isinstance(text, str) for text in (each.get("input"), *outputs)):
            raise ItemsError(f"{place}: an item of 'unit_tests' is no input with its outputs")
        yield Case(_unified(each["input"]), tuple(map(_unified, outputs)))


def _unified(text: str) -> str:
    return text.replace("\r\n", "\n")
