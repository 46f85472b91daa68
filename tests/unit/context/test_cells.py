from __future__ import annotations

import pytest

from mendline.context.cells import cell_chunks

LONG = "\n".join(f"row_{number} = {number}" for number in range(40))


@pytest.mark.parametrize(
    ("cells", "room", "expected"),
    [
        ((), 1000, []),
        (("import os\n", "x = 1"), 1000, ["import os\n", "x = 1\n"]),
        (("a = 1\r\nb = 2",), 1000, ["a = 1\nb = 2\n"]),
        (("", "  \n", "x = 1"), 1000, ["x = 1\n"]),
        (("first = 1", "second = 2"), 10, ["second = 2\n"]),
        (("写" * 5, "x"), 10, ["x\n"]),
        (("x = 1",), 0, []),
        (("x = 1",), -5, []),
    ],
)
def test_latest_cells_that_fit_in_the_notebooks_order(cells: tuple[str, ...], room: int, expected: list[str]) -> None:
    assert [chunk.text for chunk in cell_chunks(cells, "book.ipynb", room)] == expected


def test_the_nearest_cell_is_cut_from_its_start_when_it_is_too_large() -> None:
    (chunk,) = cell_chunks(("import os", LONG), "book.ipynb", 120)
    assert chunk.path == "book.ipynb"
    assert LONG.endswith(chunk.text.rstrip("\n"))
    assert chunk.text.startswith("row_")
    assert len(chunk.text) <= 121
