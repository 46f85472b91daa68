"""Which tests of a file need not run for a change."""

from __future__ import annotations

from pathlib import Path

import pytest

from mendline.checks import unrelated_tests as module
from mendline.checks.check import Project, Subject
from mendline.checks.unrelated_tests import unrelated_tests
from support.indexed import write_files

CART = "def total(x): ...\n\ndef discount(x): ...\n"
PLAIN = "from shop.cart import total\n\ndef test_it(): total(1)\n\ndef test_far(): ...\n"


def left_out(root: Path, tests: str, *, name: str = "test_shop.py", symbols: tuple[str, ...] = ("total",)) -> set[str]:
    write_files(root, {"shop/cart.py": CART, f"tests/{name}": tests})
    subject = Subject(Project(root), "shop/cart.py", "python", {"shop/cart.py": CART}, symbols)
    found = unrelated_tests(subject, [f"tests/{name}"])
    return {each.removeprefix(f"tests/{name}::") for each in found}


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        (PLAIN, {"test_far"}),
        ("def test_it(): run('total')\n\ndef test_b(): discount(1)\n\ndef test_c(): cart.x\n", set()),
        ("def test_far(): ...\n\ndef test_far_too(): total(1)\n", set()),
        ("import shop.cart as c\n\ndef test_it(): c.x()\n\ndef test_far(): ...\n", {"test_far"}),
        ("from shop import total as t\n\ndef test_it(): t(1)\n\ndef test_far(): ...\n", {"test_far"}),
        (f'"""Tests of cart."""\n# total\n{PLAIN}', {"test_far"}),
        ("CASES = [total]\n\n@p(CASES)\ndef test_it(c): ...\n\ndef test_far(): ...\n", {"test_far"}),
        ("def made(): return other()\ndef other(): total()\n\ndef test_it(made): ...\ndef test_far(): ...\n",
         {"test_far"}),
        ("class TestA:\n  def test_a(self): total()\n  def test_b(self): ...\n", {"TestA::test_b"}),
        ("class TestA:\n  def setUp(self): total()\n  def test_a(self): ...\n\ndef test_far(): ...\n", {"test_far"}),
        ("class TestA:\n  '''On total.'''\n  x = 1\n  def test_a(self): ...\n\ndef test_it(): total()\n",
         {"TestA::test_a"}),
        ("class Base:\n  def made(self): total()\n\nclass TestA(Base):\n  def test_a(self): ...\n\n"
         "def test_far(): ...\n",
         {"test_far"}),
        ("@fixture(autouse=True)\ndef made(): total()\n\ndef test_a(): ...\n", set()),
        ("@fixture(name='it')\ndef made(): total()\n\ndef test_a(it): ...\n", set()),
        ("register(total)\n\ndef test_a(): ...\n", set()),
        ("if total:\n  def test_b(): ...\n\ndef test_a(): ...\n", set()),
        ("def test_it(): total(\n\ndef test_far(): ...\n", set()),
    ],
)  # fmt: skip
def test_those_that_reach_nothing_of_the_file(tests: str, expected: set[str], tmp_path: Path) -> None:
    assert left_out(tmp_path, tests) == expected


def test_none_where_nobody_knows_what_changes(tmp_path: Path) -> None:
    assert left_out(tmp_path, PLAIN, symbols=()) == set()


def test_none_of_a_file_that_is_called_like_the_module(tmp_path: Path) -> None:
    assert left_out(tmp_path, PLAIN, name="test_cart.py") == set()


@pytest.mark.parametrize(("fixtures", "expected"), [("total()", set()), ("other()", {"test_far"})])
def test_fixtures_of_other_files_may_reach_it_unseen(fixtures: str, expected: set[str], tmp_path: Path) -> None:
    write_files(tmp_path, {"tests/conftest.py": f"def made(): {fixtures}\n"})
    assert left_out(tmp_path, PLAIN) == expected


def test_of_many_those_that_name_what_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TESTS", 1)
    tests = f"{PLAIN}\ndef test_other(): discount(1)\n"
    assert left_out(tmp_path, tests) == {"test_far", "test_other"}
    assert left_out(tmp_path, tests, symbols=("unnamed",)) == {"test_far"}
