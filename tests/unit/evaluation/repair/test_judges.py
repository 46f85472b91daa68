"""Programs of each language, executed in confinement: which asserts fail, and whether all tests pass."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import frozen

from mendline.evaluation.json_lines import ItemsError
from mendline.evaluation.repair import go_programs, judges
from mendline.evaluation.repair.compiled import arguments
from mendline.evaluation.repair.failure import Failure
from mendline.evaluation.repair.judges import JUDGES
from mendline.evaluation.repair.tasks import read_tasks, visible_asserts
from mendline.evaluation.running import Limits
from support.fim_items import write_lines
from support.fix_tasks import fix_task

# Far more than any of them needs: compilers are slow on a busy machine, and nothing here waits for the limits.
_LIMITS = Limits(cpu_seconds=30, wall_seconds=150)


@frozen
class Sample:
    """A program in one language, its test, and what is seen of it."""

    language: str
    right: str
    wrong: str
    test: str
    visible: tuple[str, ...]
    instead: str


SAMPLES = (
    Sample(
        "Python",
        "def f(x):\n    return x + 1\n",
        "def f(x):\n    return x - 1\n",
        "def check(f):\n    assert f(1) == 2\n    assert f(2) == 3\ncheck(f)\n",
        ("assert f(1) == 2",),
        "it is 0",
    ),
    Sample(
        "JavaScript",
        "const f = (x) => {\n  return x + 1;\n}\n",
        "const f = (x) => {\n  return x - 1;\n}\n",
        "const testF = () => {\n  console.assert(f(1) === 2)\n  console.assert(\n    f(2) === 3\n  )\n}\ntestF()\n",
        ("f(1) === 2",),
        "it is 0",
    ),
    Sample(
        "Java",
        "import java.util.*;\nclass Solution {\n    public int f(int x) {\n        return x + 1;\n    }\n}\n",
        "import java.util.*;\nclass Solution {\n    public int f(int x) {\n        return x - 1;\n    }\n}\n",
        "public class Main {\n    public static void main(String[] args) {\n        Solution s = new Solution();\n"
        "        List<Boolean> correct = Arrays.asList(\n            s.f(1) == 2,\n"
        "            s.f(2) == 3\n        );\n        if (correct.contains(false)) throw new AssertionError();\n"
        "    }\n}\n",
        ("s.f(1) == 2",),
        "it is false",
    ),
    Sample(
        "CPP",
        "int f(int x){\n    return x + 1;\n}\n",
        "int f(int x){\n    return x - 1;\n}\n",
        "#undef NDEBUG\n#include<assert.h>\nint main(){\n    assert (f(1) == 2);\n    assert (f(2) == 3);\n}\n",
        ("f(1) == 2",),
        "it is false",
    ),
    Sample(
        "Rust",
        "use rand::Rng;\nfn f(x: i32) -> i32{\n    x + 1\n}\n",
        "use rand::Rng;\nfn f(x: i32) -> i32{\n    x - 1\n}\n",
        "#[cfg(test)]\nmod tests {\n    use super::*;\n    #[test]\n    fn test_f() {\n        assert_eq!(f(1), 2);\n"
        "        assert!(f(2) == 3);\n    }\n}\n",
        ("f(1) == 2",),
        "it is false",
    ),
    Sample(
        "Go",
        'func f(x int) []int {\n    // math.Abs, fmt.Sprint\n    return []int{len(strings.Repeat("a", x)) + 1}\n}\n',
        'import (\n    "math"\n)\nfunc f(x int) []int {\n    return []int{x - 1}\n}\n',
        "func TestF(t *testing.T) {\n    assert := assert.New(t)\n    assert.Equal([]int{2}, f(1))\n"
        "    assert.Equal([]int{3}, f(2))\n}\n",
        ("assert.Equal([]int{2}, f(1))",),
        "it is []int{0}",
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.language)
def test_a_program_is_judged(sample: Sample) -> None:
    judge = JUDGES[sample.language]
    if judge.missing():
        pytest.skip(f"{judge.missing()} not installed")
    visible = visible_asserts(judge, sample.test, "")
    assert visible == sample.visible
    assert judge.passes(sample.right, sample.test, _LIMITS)
    assert not judge.passes(sample.wrong, sample.test, _LIMITS)
    assert judge.failures(sample.wrong, sample.test, visible, _LIMITS) == (Failure(0, sample.instead),)


def test_a_program_that_cannot_be_built_fails_all_asserts_and_says_why() -> None:
    judge = JUDGES["JavaScript"]
    if judge.missing():
        pytest.skip("node is not installed")
    found = judge.failures("const f = (x) => {\n", "", ("f(1)", "f(2)"), _LIMITS)
    assert [each.number for each in found] == [0, 1]
    assert "SyntaxError" in found[0].instead


def test_a_go_program_that_panics_says_so_and_the_next_assert_is_tried() -> None:
    judge = JUDGES["Go"]
    if judge.missing():
        pytest.skip(f"{judge.missing()} not installed")
    program = 'func f(x int) int {\n    if x == 0 {\n        panic("no \\"x\\"")\n    }\n    return x\n}\n'
    found = judge.failures(program, "", ("assert.Equal(0, f(0))", "assert.Equal(1, f(1))"), _LIMITS)
    assert found == (Failure(0, 'it panics: no "x"'),)


def test_gos_module_of_asserts_is_named_where_it_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(judges.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(go_programs, "_SYSTEM", tmp_path)
    monkeypatch.setenv("GOPATH", str(tmp_path / "go"))
    with pytest.raises(ItemsError, match=r"tasks in Go need testify \(on Debian: .*\), which is not installed"):
        read_tasks(write_lines(tmp_path / "go.jsonl", fix_task(1, task_id="Go/1")))


def test_asserts_in_loops_are_not_taken_out() -> None:
    assert JUDGES["JavaScript"].asserts("for (let i = 0; i < 9; i++) { console.assert(f(i)) }") == ()


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a, b) rest", ["a", "b"]),
        ("f(a, b), [1, 2]);", ["f(a, b)", "[1, 2]"]),
        ('"a)b", \'"\')', ['"a)b"', "'\"'"]),
        ("", []),
    ],
)
def test_arguments_are_taken_apart(text: str, parts: list[str]) -> None:
    assert arguments(text, 0) == parts


def test_what_has_to_be_installed_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(judges.shutil, "which", lambda name: None)
    with pytest.raises(ItemsError, match="tasks in Java need javac and java, which is not installed"):
        read_tasks(write_lines(tmp_path / "java.jsonl", fix_task(1, task_id="Java/1")))
