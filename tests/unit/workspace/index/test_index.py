"""The index of a workspace: what is found, how it follows files, what it leaves out, how it survives damage."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mendline.workspace.ignoring import IgnoreRules
from mendline.workspace.index import database
from mendline.workspace.index.attempts import Attempts
from mendline.workspace.index.place import IndexPlace
from mendline.workspace.index.reader import StoredIndex
from mendline.workspace.index.walking import Limits, Walk
from support.indexed import Indexed, write_files

RIDES = '''\
"""Rides."""

class Ride:
    """One ride."""

    start: int = 0

    def length_in_km(self, exact: bool) -> float:
        """How far."""
        def local(): return 1
        return self.end - self.start


def plan_route(first, second):
    """Plan a route between two stations."""
    return [first, second]
'''
SHOP = "export function planRoute(a: Stop, b: Stop): Stop[] {\n  return [a, b];\n}\nconst TAX = 3;\n"


def rides(folder: Path, **options: object) -> Indexed:
    files = {
        "lib/rides.py": RIDES,
        "web/shop.ts": SHOP,
        "tests/test_rides.py": "def plan_route(): return 'a fake one'\n",
    }
    return Indexed.of(folder, files, **options)  # type: ignore[arg-type]  # passed through


def test_definitions_by_name(tmp_path: Path) -> None:
    index = rides(tmp_path).index
    first, second = index.definitions(["plan_route"])
    assert (first.path, first.line, first.kind, first.signature) == (
        "lib/rides.py",
        14,
        "function",
        "def plan_route(first, second):",
    )
    assert (first.doc, first.language_id, first.container) == ("Plan a route between two stations.", "python", "")
    assert second.path == "tests/test_rides.py"
    assert [each.container for each in index.definitions(["length_in_km", "planRoute"])] == ["", "Ride"]
    assert len(index.definitions(["plan_route"], limit=1)) == 1
    assert index.definitions(["local", "route", "Plan_Route", "\ud800", ""]) == ()
    assert index.definitions([]) == ()


def test_definitions_of_a_file(tmp_path: Path) -> None:
    indexed = rides(tmp_path)
    assert indexed.names("lib/rides.py") == ["Ride", "start", "length_in_km", "plan_route"]
    assert indexed.names("lib/none.py") == []


def test_what_is_known(tmp_path: Path) -> None:
    index = rides(tmp_path).index
    assert [name for name in ("Ride", "TAX", "local", "ride", "nothing") if index.knows(name)] == ["Ride", "TAX"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["planRoute"], {"lib/rides.py", "web/shop.ts", "tests/test_rides.py"}),
        (["Station"], set()),
        (["stations"], {"lib/rides.py"}),
        (["exact", "km"], {"lib/rides.py"}),
        (["Stop"], {"web/shop.ts"}),
        (["def", "return", "self"], set()),
        (['"; DROP TABLE search; --', "fake"], {"tests/test_rides.py"}),
        ([], set()),
    ],
)
def test_passages_by_words(tmp_path: Path, words: list[str], found: set[str]) -> None:
    assert {each.path for each in rides(tmp_path).index.search(words)} == found


def test_passages_are_whole_definitions_and_the_file_asked_from_can_be_left_out(tmp_path: Path) -> None:
    index = rides(tmp_path).index
    passages = index.search(["length_in_km", "exact"])
    assert passages[0].line == 8
    assert passages[0].text.startswith("def length_in_km(self")
    assert passages[0].text.endswith("self.start")
    assert [each.score for each in passages] == sorted((each.score for each in passages), reverse=True)
    assert index.search(["length_in_km"], exclude="lib/rides.py") == ()
    assert len(index.search(["planRoute"], limit=2)) == 2


def test_words_that_are_everywhere_are_not_searched(tmp_path: Path) -> None:
    many = {f"f{number}.py": f"def common_{number}(wheel): return wheel + wheel\n" for number in range(40)}
    index = Indexed.of(tmp_path, many).index
    assert len(index.search(["wheel"], limit=100)) == 40
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mendline.workspace.index.reader._MOST_PASSAGES", 10)
        assert index.search(["wheel"]) == ()
        assert [each.path for each in index.search(["wheel", "common_7"])] == ["f7.py"]


CALLERS = {
    "a.py": "def first(road):\n    return plan_route(road, 1)\n",
    "b.py": "def second(river):\n    boat = 2\n    return plan_route(river, boat)\n",
    "c.py": "import os\nfrom lib import plan_route\n\nROUTES = plan_route(1, 2)\nprint(ROUTES, os.sep, 'more of it')\n",
    "d.py": "def plan_routes():\n    return 'another name, of which this one is a part'\n",
}


@pytest.mark.parametrize(
    ("name", "near", "found"),
    [
        ("plan_route", ["river", "boat"], ["b.py", "a.py", "c.py"]),
        ("plan_route", ["road"], ["a.py", "b.py", "c.py"]),
        ("planRoute", [], []),
        ("boat", ["road"], ["b.py"]),
        ("return", [], []),
        ("", [], []),
        ('"; DROP TABLE search; --', ["fake"], []),
    ],
)
def test_passages_that_use_a_name(tmp_path: Path, name: str, near: list[str], found: list[str]) -> None:
    index = Indexed.of(tmp_path, CALLERS).index
    assert [each.path for each in index.using(name, near)][:2] == found[:2]
    assert {each.path for each in index.using(name, near)} == set(found)
    assert len(index.using(name, near, limit=1)) == min(1, len(found))
    assert all(each.path != "b.py" for each in index.using(name, near, exclude="b.py"))


def test_statements_between_definitions_are_passages_without_the_imports(tmp_path: Path) -> None:
    (passage,) = Indexed.of(tmp_path, {"c.py": CALLERS["c.py"]}).index.using("plan_route")
    assert (passage.line, passage.text) == (4, "ROUTES = plan_route(1, 2)\nprint(ROUTES, os.sep, 'more of it')")


def test_a_second_look_reads_nothing_that_is_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indexed = rides(tmp_path)
    read: list[Path] = []
    monkeypatch.setattr("mendline.workspace.index.builder.read_bytes", lambda path, _: read.append(path))
    indexed.update()
    assert read == []


def later(file: Path) -> None:
    """Give a file a date of its own, however coarse the file system's clock is."""
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000_000))


def test_files_come_change_and_go(tmp_path: Path) -> None:
    indexed = rides(tmp_path)
    file = indexed.root / "lib/rides.py"
    file.write_text("def renamed(stations): return stations * 2\n")
    later(file)
    (indexed.root / "web/shop.ts").unlink()
    write_files(indexed.root, {"new/deep/er.go": "package a\nfunc Fresh() {}\n"})
    indexed.update()
    assert indexed.names("lib/rides.py") == ["renamed"]
    assert indexed.names("web/shop.ts") == []
    assert indexed.index.knows("Fresh")
    assert not indexed.index.knows("plan_routes")
    assert {each.path for each in indexed.index.search(["stations", "plan"])} == {"lib/rides.py", "tests/test_rides.py"}
    assert (indexed.state.files, indexed.state.definitions, indexed.state.passages) == (3, 3, 2)


def test_a_new_date_alone_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indexed = rides(tmp_path)
    later(indexed.root / "lib/rides.py")
    monkeypatch.setattr("mendline.workspace.index.builder.entry_of", None)
    indexed.update()
    assert "Ride" in indexed.names("lib/rides.py")


def test_some_files_are_looked_at(tmp_path: Path) -> None:
    indexed = rides(tmp_path)
    (indexed.root / "lib/rides.py").unlink()
    (indexed.root / "lib").rmdir()
    write_files(indexed.root, {"web/shop.ts": "class Shop {}\n", "a.py": "x = 1\n", "b.txt": "x"})
    later(indexed.root / "web/shop.ts")
    assert indexed.builder.look_at(["lib", "web/shop.ts", "a.py", "b.txt", "../outside.py", "node_modules/c.py"])
    assert [indexed.names(path) for path in ("lib/rides.py", "web/shop.ts", "a.py")] == [[], ["Shop"], ["x"]]
    assert not indexed.builder.look_at(["a.py", "lib/.gitignore"])


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    files = {
        ".gitignore": "ignored.py\n",
        "ignored.py": "a = 1",
        "node_modules/a/index.js": "var a",
        "secrets.toml": "a = 1",
        "app.min.js": "var a",
        "made.py": "# @generated\na = 1\n",
        "binary.py": "a\0b",
        "big.py": "a = 1\n" * 100,
        "private/x.py": "a = 1\n",
        "kept.py": "b = 1\n",
        "notes.txt": "a",
    }
    indexed = Indexed.of(tmp_path, files, exclude=("private/",), limits=Limits(file_bytes=500))
    assert indexed.state.left_out == {"binary": 1, "generated": 2, "ignored": 3, "too large": 1}
    assert (indexed.state.files, indexed.state.phase) == (1, "ready")
    assert not indexed.index.knows("a")
    (indexed.root / "made.py").write_text("made = 1\n")
    later(indexed.root / "made.py")
    (indexed.root / ".gitignore").write_text("kept.py\n")
    indexed.update()
    assert indexed.index.knows("made")
    assert indexed.index.knows("a")
    assert not indexed.index.knows("b")


@pytest.mark.parametrize("limits", [Limits(files=3), Limits(total_bytes=3 * 6)])
def test_a_huge_workspace_is_cut_off_near_its_root(tmp_path: Path, limits: Limits) -> None:
    files = {f"deep/{number}.py": f"d{number}=1\n" for number in range(5)} | {"a.py": "abc=1\n", "b.py": "bcd=1\n"}
    indexed = Indexed.of(tmp_path, files, limits=limits)
    assert indexed.index.knows("abc")
    assert indexed.state.files == 3
    assert indexed.state.left_out == {"beyond the limit": 4}
    (indexed.root / "a.py").unlink()
    indexed.update()
    assert not indexed.index.knows("abc")


def test_only_the_walk_itself_is_bounded_in_time(tmp_path: Path) -> None:
    write_files(tmp_path, {f"{folder}/a.py": "a = 1\n" for folder in ("one", "two", "three")})
    now = [0.0]
    walk = Walk(tmp_path, IgnoreRules(tmp_path), Limits(walk_seconds=10), lambda: now[0])
    for _ in walk.sources():
        now[0] += 100
    assert walk.complete
    assert walk.left_out == {}

    def slow() -> float:
        now[0] += 4
        return now[0]

    walk = Walk(tmp_path, IgnoreRules(tmp_path), Limits(walk_seconds=10), slow)
    assert [source.path for source in walk.sources()] == ["one/a.py", "three/a.py"]
    assert not walk.complete
    assert walk.left_out == {"folders not reached": 1}


@pytest.mark.parametrize("limits", [Limits(folders=2), Limits(walk_seconds=0.0)])
def test_what_was_not_reached_is_said_and_what_is_known_stays(tmp_path: Path, limits: Limits) -> None:
    indexed = Indexed.of(tmp_path, {"a/a.py": "first = 1\n", "b/b.py": "second = 1\n"})
    indexed.builder.limits = limits
    indexed.update()
    assert indexed.state.left_out["folders not reached"] == 1
    assert indexed.index.knows("first")
    assert indexed.index.knows("second")


def test_links_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/a.py").write_text("outside = 1\n")
    (tmp_path / "work").mkdir()
    (tmp_path / "work/linked").symlink_to(tmp_path / "outside")
    (tmp_path / "work/loop").symlink_to(tmp_path / "work")
    (tmp_path / "work/a.py").symlink_to(tmp_path / "outside/a.py")
    assert Indexed.of(tmp_path, {"b.py": "b = 1\n"}).state.files == 1


def test_only_masked_text_is_kept(tmp_path: Path) -> None:
    secret = "hunter2hunter2"
    files = {"a.py": f"def login(key='{secret}'):\n    return send_all('{secret}')\n# {secret}\nKEY = '{secret}'\n"}
    indexed = Indexed.of(tmp_path, files, mask=lambda text: text.replace(secret, "x" * len(secret)))
    assert indexed.names("a.py") == ["login", "KEY"]
    assert indexed.index.search(["send_all"])
    indexed.builder.writer.connection.close()
    for file in indexed.place.folder.iterdir():
        assert secret.encode() not in file.read_bytes()


def test_only_the_user_can_read_it(tmp_path: Path) -> None:
    place = rides(tmp_path).place
    assert stat.S_IMODE(place.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in place.folder.iterdir()} == {0o600}


def test_without_an_index_answers_are_empty(tmp_path: Path) -> None:
    index = StoredIndex(IndexPlace(tmp_path / "none"))
    assert (index.definitions(["a"]), index.in_file("a"), index.search(["abc"]), index.state()) == ((), (), (), None)
    assert not index.knows("a")


def damaged(content: bytes) -> bytes:
    return content[:4096] + os.urandom(len(content) - 4096)


@pytest.mark.parametrize("damage", [damaged, lambda _: b"", lambda _: b"no database", lambda content: content[:9000]])
def test_a_damaged_database_is_made_anew(tmp_path: Path, damage) -> None:
    first = rides(tmp_path)
    reader = first.index
    list(first.builder.writer.tidy())
    first.builder.writer.connection.close()
    reader.close()
    first.place.database.write_bytes(damage(first.place.database.read_bytes()))
    for _ in range(2):
        reader.definitions(["Ride"])  # whatever it says, it does not fail
        reader.search(["stations"])
    again = Indexed.of(tmp_path)
    assert again.names("lib/rides.py") == ["Ride", "start", "length_in_km", "plan_route"]
    assert reader.knows("Ride")
    assert reader.search(["stations"])


@pytest.mark.parametrize(("name", "value"), [("schema", "0"), ("root", "/elsewhere")])
def test_an_index_of_another_kind_is_made_anew(tmp_path: Path, name: str, value: str) -> None:
    first = rides(tmp_path)
    connection = first.builder.writer.connection
    connection.execute("UPDATE meta SET value = ? WHERE name = ?", (value, name))
    connection.execute("UPDATE definitions SET name = 'stale'")
    connection.close()
    if name == "schema":
        assert not StoredIndex(first.place).knows("stale")
    again = Indexed.of(tmp_path)
    assert again.index.knows("Ride")
    assert not again.index.knows("stale")


def test_what_is_there_is_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rides(tmp_path).builder.writer.connection.close()
    monkeypatch.setattr("mendline.workspace.index.builder.entry_of", None)
    assert "Ride" in Indexed.of(tmp_path).names("lib/rides.py")


def test_a_file_that_crashed_the_builder_is_left_out_until_it_changes(tmp_path: Path) -> None:
    first = rides(tmp_path)
    first.builder.writer.connection.close()
    place = first.place
    place.clear()
    Attempts(place.attempt).begin("lib/rides.py")
    again = Indexed.of(tmp_path)
    assert again.names("lib/rides.py") == []
    assert again.state.left_out == {"crashed the parser": 1}
    (again.root / "lib/rides.py").write_text("def mended(): return 1\n")
    later(again.root / "lib/rides.py")
    again.update()
    assert again.names("lib/rides.py") == ["mended"]


def test_without_fts5_definitions_are_found_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_SEARCH", "CREATE VIRTUAL TABLE search USING none_such(words)")
    indexed = rides(tmp_path)
    assert not indexed.state.searchable
    assert indexed.index.knows("Ride")
    assert indexed.index.search(["stations"]) == ()
    (indexed.root / "lib/rides.py").unlink()
    indexed.update()
    assert not indexed.index.knows("Ride")


def test_after_many_changes_searching_is_made_fast_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mendline.workspace.index.builder._TIDY_CHANGES", 20)
    monkeypatch.setattr("mendline.workspace.index.writer._MERGED_PAGES", 1)
    indexed = Indexed.of(tmp_path)
    for number in range(30):
        write_files(indexed.root, {f"f{number}.py": f"def turn_{number}(wheel): return wheel + {number}\n"})
        indexed.builder.look_at([f"f{number}.py"])
    count = "SELECT count(*) FROM search_idx"
    before = indexed.builder.writer.connection.execute(count).fetchone()
    steps = list(indexed.builder.look_at_all())
    assert len(steps) > 2
    assert indexed.builder.writer.connection.execute(count).fetchone() < before
    assert len(indexed.index.search(["wheel"], limit=99)) == 30
    assert indexed.index.search(["turn_7"])[0].path == "f7.py"
    assert len(list(indexed.builder.look_at_all())) == 1


def test_a_reader_is_not_held_up_by_the_writer(tmp_path: Path) -> None:
    indexed = rides(tmp_path)
    indexed.builder.writer.connection.execute("BEGIN EXCLUSIVE")
    indexed.builder.writer.connection.execute("DELETE FROM definitions")
    start = time.perf_counter()
    assert indexed.index.knows("Ride")
    assert time.perf_counter() - start < 5
    indexed.builder.writer.connection.execute("ROLLBACK")


NAMES = st.sampled_from(["alpha", "beta_two", "gammaThree", "delta"])
CHANGES = st.lists(
    st.tuples(st.sampled_from(["a.py", "b.py", "c/d.py"]), st.lists(NAMES, max_size=3)), min_size=1, max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHANGES, st.booleans())
def test_whatever_happened_the_index_is_as_one_made_anew(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[str, list[str]]], whole: bool
) -> None:
    folder = tmp_path_factory.mktemp("followed")
    indexed = Indexed.of(folder)
    for number, (path, names) in enumerate(changes):
        file = indexed.root / path
        if names:
            write_files(indexed.root, {path: "".join(f"def {name}(number): return number + 1\n" for name in names)})
            os.utime(file, ns=(0, number * 1_000_000))
        else:
            file.unlink(missing_ok=True)
        indexed.update() if whole else indexed.builder.look_at([path])
    (folder / "fresh").mkdir()
    fresh = Indexed.of(folder / "fresh", {})
    for path in ("a.py", "b.py", "c/d.py"):
        if (indexed.root / path).exists():
            write_files(fresh.root, {path: (indexed.root / path).read_text()})
    fresh.update()
    tables = "SELECT path, name, line FROM definitions JOIN files ON files.id = file ORDER BY 1, 3"
    words = "SELECT word, passages FROM words WHERE passages > 0 ORDER BY 1"
    for query in (tables, words, "SELECT path, text FROM passages JOIN files ON files.id = file ORDER BY 1, line"):
        both = [each.builder.writer.connection.execute(query).fetchall() for each in (indexed, fresh)]
        assert both[0] == both[1]
    for word in ("alpha", "two", "gamma", "number"):
        both = [sorted(found.path for found in each.index.search([word], limit=99)) for each in (indexed, fresh)]
        assert both[0] == both[1]
    assert sqlite3.sqlite_version_info >= (3, 35)
