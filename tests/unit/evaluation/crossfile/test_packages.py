from __future__ import annotations

from pathlib import Path

import pytest

from mendline.evaluation.crossfile.packages import package_folders
from mendline.evaluation.files.code import CodeError
from support.python_package import write_package


def test_what_is_installed() -> None:
    names = [folder.name for folder in package_folders([])]
    assert names == sorted(names)
    assert {"attr", "rich", "aiohttp"} <= set(names)
    # Single files, too small packages and Mendline itself.
    assert not {"typing_extensions", "mendline", "six"} & set(names)


def test_by_name_and_by_path(tmp_path: Path) -> None:
    package = write_package(tmp_path)
    assert [folder.name for folder in package_folders(["rich", str(package)])] == ["rich", "shapes"]


@pytest.mark.parametrize("name", ["no_such_package", "../x", "no-name", "/tmp"])
def test_what_is_no_package(name: str) -> None:
    with pytest.raises(CodeError, match="is no installed package"):
        package_folders([name])
