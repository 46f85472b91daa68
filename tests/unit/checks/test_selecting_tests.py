"""Which tests are run for a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mendline.checks.check import Project, Subject
from mendline.checks.selecting_tests import NODE_TEST, Convention, files_with_tests
from support.indexed import write_files

PYTHON = Convention(re.compile(r"(?:.*/)?test_[^/]*\.py"))
NODE = Convention(re.compile(r"(?:.*/)?[^/]*\.test\.js"), NODE_TEST)

SHOP = "def total(x): return x\n\nclass Basket:\n    def add(self): ...\n\ndef _hidden(): ...\n\nx = 1\n"
FILES = {
    "shop/cart.py": SHOP,
    "shop/__init__.py": "def opened(): ...\n",
    "shop/other.py": "def total(x): ...\n",
    "test_cart.py": "",
    "tests/test_total.py": "from shop import total\n",
    "tests/test_both.py": "from shop.cart import Basket, total\n",
    "tests/test_cart_more.py": "import cart\nBasket()\n",
    "tests/test_methods.py": "thing.add(x)\n",
    "tests/test_subtotal.py": "subtotal()\n",
    "tests/test_shop.py": "opened()\n",
    "tests/helper.py": "total()\n",
    "build/test_total.py": "total()\n",
    ".gitignore": "build\n",
}


def subject(root: Path, path: str, language: str = "python", **texts: str) -> Subject:
    text = FILES.get(path, "")
    return Subject(Project(root), path, language, {path: text} | texts)


@pytest.mark.parametrize(
    ("path", "files"),
    [
        ("shop/cart.py", ("test_cart.py", "tests/test_both.py", "tests/test_cart_more.py", "tests/test_total.py")),
        ("shop/other.py", ("tests/test_both.py", "tests/test_total.py")),
        ("shop/__init__.py", ("tests/test_shop.py",)),
        ("tests/test_shop.py", ("tests/test_shop.py",)),
        ("shop/missing.py", ()),
    ],
)
def test_those_that_name_what_it_defines(path: str, files: tuple[str, ...], tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    assert files_with_tests(subject(tmp_path, path), PYTHON) == files


def test_no_more_than_are_asked_for_the_closest_first(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    found = files_with_tests(subject(tmp_path, "shop/cart.py"), PYTHON, most=2)
    assert found == ("test_cart.py", "tests/test_both.py")


def test_all_candidates_have_the_same_tests(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    before = files_with_tests(subject(tmp_path, "shop/cart.py"), PYTHON)
    changed = Subject(Project(tmp_path), "shop/cart.py", "python", {"shop/cart.py": "def opened(): ...\n"})
    assert files_with_tests(changed, PYTHON) == before


def test_a_file_that_was_never_saved_is_read_as_it_is(tmp_path: Path) -> None:
    write_files(tmp_path, {name: text for name, text in FILES.items() if name != "shop/cart.py"})
    assert "tests/test_total.py" in files_with_tests(subject(tmp_path, "shop/cart.py"), PYTHON)


def test_an_open_test_counts_as_the_editor_has_it(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    edited = {"tests/test_subtotal.py": "total()\n", "tests/test_total.py": ""}
    found = files_with_tests(subject(tmp_path, "shop/cart.py", **edited), PYTHON)
    assert found[3:] == ("tests/test_subtotal.py",)


def test_a_test_that_changes_is_read_anew(tmp_path: Path) -> None:
    write_files(tmp_path, FILES)
    assert "tests/test_total.py" in files_with_tests(subject(tmp_path, "shop/other.py"), PYTHON)
    (tmp_path / "tests/test_total.py").write_text("nothing that is of any interest here\n")
    assert "tests/test_total.py" not in files_with_tests(subject(tmp_path, "shop/other.py"), PYTHON)


def test_only_files_with_the_mark(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "src/cart.js": "export function total() {}\n",
            "src/cart.test.js": "import test from 'node:test'\n",
            "jest/total.test.js": "total()\n",
            "src/total.test.js": "import test from 'node:test'; total()\n",
        },
    )
    found = files_with_tests(subject(tmp_path, "src/cart.js", "javascript"), NODE)
    assert found == ("src/cart.test.js", "src/total.test.js")


@pytest.mark.parametrize(
    ("symbols", "files"),
    [
        (("total",), ("tests/test_both.py", "tests/test_total.py", "test_cart.py", "tests/test_cart_more.py")),
        (("add", "Basket"), ("tests/test_both.py", "tests/test_cart_more.py", "test_cart.py", "tests/test_total.py")),
        (("unnamed",), ("test_cart.py", "tests/test_both.py", "tests/test_cart_more.py", "tests/test_total.py")),
    ],
)
def test_those_that_name_what_is_changed_come_first(
    symbols: tuple[str, ...], files: tuple[str, ...], tmp_path: Path
) -> None:
    write_files(tmp_path, FILES)
    changed = Subject(Project(tmp_path), "shop/cart.py", "python", {"shop/cart.py": SHOP}, symbols)
    assert files_with_tests(changed, PYTHON) == files


def test_a_method_and_its_module_are_enough_to_choose_a_file(tmp_path: Path) -> None:
    write_files(tmp_path, {**FILES, "tests/test_made.py": "import cart\nmade().add(1)\n"})
    changed = Subject(Project(tmp_path), "shop/cart.py", "python", {"shop/cart.py": SHOP}, ("add", "Basket"))
    assert "tests/test_made.py" in files_with_tests(changed, PYTHON)
    assert "tests/test_methods.py" not in files_with_tests(changed, PYTHON)
