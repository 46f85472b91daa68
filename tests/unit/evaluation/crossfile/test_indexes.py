from __future__ import annotations

from pathlib import Path

from mendline.evaluation.crossfile.indexes import Indexes
from support.code_folders import write_files
from support.python_package import write_package


def test_each_package_has_its_own_index_in_the_folder(tmp_path: Path) -> None:
    package = write_package(tmp_path)
    other = write_files(tmp_path / "other", {"__init__.py": "def alone():\n    pass\n"})
    indexes = Indexes(tmp_path / "indexes")
    try:
        assert [each.path for each in indexes.of(package).definitions(["brush"])] == ["deep/paint.py"]
        assert not indexes.of(other).knows("brush")
        assert indexes.of(other).knows("alone")
        assert indexes.of(package) is indexes.of(package)
    finally:
        indexes.close()
    assert sorted(path.name for path in (tmp_path / "indexes").iterdir()) == ["0", "1"]
    assert sorted(path.name for path in package.iterdir()) == sorted({*map(first, files_of(package))})


def files_of(package: Path) -> list[Path]:
    return [path.relative_to(package) for path in package.rglob("*.py")]


def first(path: Path) -> str:
    return path.parts[0]
