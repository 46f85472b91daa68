from __future__ import annotations

from pathlib import Path

from mendline.evaluation.crossfile.sample import draw_places, fingerprint
from support.python_package import write_package


def test_a_few_lines_of_a_file_in_its_order(tmp_path: Path) -> None:
    places = draw_places([write_package(tmp_path)], 10, 0)
    assert len(places) == 3
    assert [place.call.line.start for place in places] == sorted(place.call.line.start for place in places)
    assert {place.file.name for place in places} == {"shapes/drawing.py"}


def test_the_line_is_deleted_and_its_indentation_stays(tmp_path: Path) -> None:
    place = draw_places([write_package(tmp_path)], 1, 0)[0]
    assert place.text.replace(place.line, "", 1) == place.document
    assert place.document[: place.call.line.start].endswith("\n    ")
    assert place.document[place.call.line.start :].startswith("\n")


def test_the_seed_and_the_texts_decide(tmp_path: Path) -> None:
    package = write_package(tmp_path)
    first = draw_places([package], 2, 0)
    assert fingerprint(first) == fingerprint(draw_places([package], 2, 0))
    assert len({fingerprint(draw_places([package], 2, seed)) for seed in range(8)}) > 1
    drawing = package / "drawing.py"
    drawing.write_text(drawing.read_text() + "# end\n")
    assert fingerprint(first) != fingerprint(draw_places([package], 2, 0))
