from __future__ import annotations

from collections import Counter
from pathlib import Path

from mendline.evaluation.files.code import code_files
from mendline.evaluation.files.sample import Position, draw_sample, fingerprint
from mendline.features.completion import Trigger
from support.code_folders import FUNCTIONS, SCRIPT, write_files


def many(folder: Path) -> Path:
    python = {f"big/m{number}.py": f"# {number}\n{FUNCTIONS}" for number in range(20)}
    return write_files(folder / "root", {**python, "small/m.py": FUNCTIONS, "node/a.ts": SCRIPT, "copy/a.ts": SCRIPT})


def drawn(root: Path, count: int, seed: int = 0) -> tuple[Position, ...]:
    return draw_sample(code_files([root], ["python", "typescript"]), count, seed)


def test_languages_get_equal_shares_and_triggers_alternate(tmp_path: Path) -> None:
    sample = drawn(many(tmp_path), 11)
    assert Counter(position.file.language for position in sample) == {"python": 6, "typescript": 5}
    assert [position.trigger for position in sample[:3]] == [Trigger.AUTOMATIC, Trigger.INVOKED, Trigger.AUTOMATIC]


def test_a_small_package_comes_before_a_big_one_comes_again(tmp_path: Path) -> None:
    files = list(
        dict.fromkeys(position.file for position in drawn(many(tmp_path), 60) if position.file.path.suffix == ".py")
    )
    assert {file.package for file in files[:2]} == {"big", "small"}
    assert [file.package for file in files[2:]] == ["big"] * len(files[2:])


def test_positions_of_a_file_follow_each_other_in_its_order(tmp_path: Path) -> None:
    sample = drawn(many(tmp_path), 60)
    places = [(position.file.name, position.hole.start) for position in sample]
    order = list(dict.fromkeys(name for name, _ in places))
    assert places == sorted(places, key=lambda place: (order.index(place[0]), place[1]))
    assert len({position.key for position in sample}) == len(sample)


def test_the_seed_decides(tmp_path: Path) -> None:
    root = many(tmp_path)
    assert fingerprint(drawn(root, 30)) == fingerprint(drawn(root, 30))
    assert fingerprint(drawn(root, 30)) != fingerprint(drawn(root, 30, seed=1))


def test_other_text_has_another_fingerprint(tmp_path: Path) -> None:
    root = write_files(tmp_path / "root", {"m.py": FUNCTIONS})
    before = draw_sample(code_files([root], ["python"]), 5, 0)
    write_files(root, {"m.py": FUNCTIONS.replace("# the", "# an") + "# end\n"})
    after = draw_sample(code_files([root], ["python"]), 5, 0)
    assert fingerprint(before) != fingerprint(after)


def test_copies_count_once_and_files_may_be_used_up(tmp_path: Path) -> None:
    sample = [position for position in drawn(many(tmp_path), 1000) if position.file.language == "typescript"]
    assert 0 < len(sample) <= 8
    assert len({position.file for position in sample}) == 1


def test_a_position_names_its_place(tmp_path: Path) -> None:
    position = drawn(many(tmp_path), 1)[0]
    name, line, column = position.place.rsplit(":", 2)
    assert name == position.file.name
    before = position.text.split("\n")[int(line) - 1][: int(column) - 1]
    assert position.text[: position.hole.start].endswith(before)
    assert position.document == position.text[: position.hole.start] + position.text[position.hole.end :]
