from __future__ import annotations

import pytest

from mendline.evaluation.soundness import Soundness, soundness
from mendline.syntax.languages import language_of


@pytest.mark.parametrize(
    ("language_id", "text", "expected"),
    [
        ("python", "x = 1\n", Soundness(0, True)),
        ("python", "x = (1\n", Soundness(1, False)),
        ("python", "x = '\ud800'\n", Soundness(0, False)),
        ("python", "return 1\n", Soundness(0, True)),
        ("python", "x = a ? b\n", Soundness(1, False)),
        ("python", "x = '\\d'\n", Soundness(0, True)),
        # tree-sitter takes it, Python does not.
        ("python", "f(a=1, 2)\n", Soundness(0, False)),
        ("typescript", "const x: number = 1;\n", Soundness(0)),
        ("typescript", "const x: = 1;\nif (x) {\n", Soundness(2)),
        ("typescriptreact", "const x = <p>{y}</p>;\n", Soundness(0)),
    ],
)
def test_two_parsers_judge(language_id: str, text: str, expected: Soundness) -> None:
    language = language_of(language_id)
    assert language is not None
    assert soundness(text, language) == expected


def test_source_that_would_crash_a_grammar_is_not_parsed() -> None:
    language = language_of("yaml")
    assert language is not None
    assert soundness("- " * 300, language) == Soundness(None)


@pytest.mark.parametrize(
    ("before", "after", "broken"),
    [
        (Soundness(0, True), Soundness(0, True), False),
        (Soundness(0, True), Soundness(1, True), True),
        (Soundness(0, True), Soundness(0, False), True),
        (Soundness(2, False), Soundness(2, False), False),
        (Soundness(2, False), Soundness(3, False), True),
        (Soundness(0), Soundness(1), True),
        (Soundness(None), Soundness(None), False),
    ],
)
def test_an_edit_may_leave_a_text_as_broken_as_it_was(before: Soundness, after: Soundness, broken: bool) -> None:
    assert after.is_broken_from(before) is broken


@pytest.mark.parametrize(
    ("judged", "sound"),
    [
        (Soundness(0, True), True),
        (Soundness(0), True),
        (Soundness(1), False),
        (Soundness(0, False), False),
        (Soundness(None), True),
    ],
)
def test_sound_is_what_no_parser_objects_to(judged: Soundness, sound: bool) -> None:
    assert judged.is_sound is sound
