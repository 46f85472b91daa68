from __future__ import annotations

import pytest

from mendline.checks.check import Report, Status
from mendline.checks.comparison import compare
from support.checked import finding

OLD = "a\nb\nc\nd\ne\n"


def ran(*findings: object, check: str = "t") -> Report:
    return Report(check, Status.RAN, findings)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("new", "before", "after", "added", "gone"),
    [
        # Nothing changes.
        (OLD, [finding(1)], [finding(1)], [], []),
        # Lines are put in above, taken out above, changed below.
        ("x\ny\na\nb\nc\nd\ne\n", [finding(1)], [finding(3)], [], []),
        ("b\nc\nd\ne\n", [finding(1)], [finding(0)], [], []),
        ("a\nb\nc\nX\ne\n", [finding(1)], [finding(1)], [], []),
        # Two places are changed: what is between them stays what it was.
        ("import x\na\nb\nc\nD\ne\n", [finding(1)], [finding(2)], [], []),
        # The changed line is right now, or is wrong still.
        ("a\nB\nc\nd\ne\n", [finding(1)], [], [], [finding(1)]),
        ("a\nB\nB2\nB3\nc\nd\ne\n", [finding(1)], [finding(3)], [], []),
        # The same complaint about another line is another finding.
        ("a\nB\nc\nd\ne\n", [finding(1)], [finding(3)], [finding(3)], [finding(1)]),
        ("b\nc\nd\ne\n", [finding(1)], [finding(1)], [finding(1)], [finding(1)]),
        # Counts.
        ("a\nB\nc\nd\ne\n", [finding(1)], [finding(1), finding(1)], [finding(1)], []),
        ("a\nB\nc\nd\ne\n", [finding(1), finding(1)], [finding(1)], [], [finding(1)]),
        # Source, code and message tell findings apart; numbers of lines in a message don't.
        (OLD, [finding(1)], [finding(1, code="X2")], [finding(1, code="X2")], [finding(1)]),
        (OLD, [finding(1)], [finding(1, source="u")], [finding(1, source="u")], [finding(1)]),
        (OLD, [finding(1, "is 3")], [finding(1, "is 4")], [finding(1, "is 4")], [finding(1, "is 3")]),
        ("x\n" + OLD, [finding(1, "see line 3")], [finding(2, "see line 4")], [], []),
        # Another file's lines don't move.
        ("x\n" + OLD, [finding(1, path="b.py")], [finding(1, path="b.py")], [], []),
        ("", [finding(1)], [], [], [finding(1)]),
    ],
)
def test_what_is_new_and_what_is_gone(
    new: str, before: list[object], after: list[object], added: list[object], gone: list[object]
) -> None:
    difference = compare([ran(*before)], [ran(*after)], {"a.py": OLD}, {"a.py": new})
    assert list(difference.new) == added
    assert list(difference.gone) == gone
    assert difference.unjudged == ()


@pytest.mark.parametrize("status", [each for each in Status if each is not Status.RAN])
def test_a_check_that_ran_once_says_nothing(status: Status) -> None:
    once = Report("t", status)
    for before, after in ((ran(finding(1)), once), (once, ran(finding(1)))):
        difference = compare([before], [after], {"a.py": OLD}, {"a.py": OLD + "x"})
        assert (difference.new, difference.gone, difference.unjudged) == ((), (), ("t",))


def test_checks_are_compared_with_themselves() -> None:
    before = [ran(finding(1), check="one"), ran(check="two")]
    after = [ran(check="one"), ran(finding(1), check="two")]
    difference = compare(before, after, {"a.py": OLD}, {"a.py": OLD})
    assert difference.new == difference.gone == (finding(1),)


def test_large_changes_are_one_block() -> None:
    old = "".join(f"{number}\n" for number in range(5_000))
    new = "".join(f"{number} \n" for number in range(5_000))
    difference = compare([ran(finding(10))], [ran(finding(4_000))], {"a.py": old}, {"a.py": new})
    assert (difference.new, difference.gone) == ((), ())
