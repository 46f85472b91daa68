from __future__ import annotations

import os
from pathlib import Path

import pytest

from mendline.checks.check import Status
from mendline.checks.verifiers.javac import Javac
from support.checked import findings_of, lines, plant, subject_of
from support.installed import needs

TEXT = """\
class A {
\tString s = "🙂é"; int n = s;
\tint f(int a) { if (a > 0) { return foo(a); } return 0; }
}
"""


@needs("javac")
async def test_findings(tmp_path: Path) -> None:
    found = lines(await findings_of(Javac(), subject_of(tmp_path, "A.java", TEXT, "java")))
    assert found == [
        "error 1:26-1:26  incompatible types: String cannot be converted to int",
        "error 2:36-2:36  cannot find symbol\nsymbol:   method foo(int)\nlocation: class A",
    ]


@needs("javac")
async def test_lints_have_their_names(tmp_path: Path) -> None:
    text = "import java.util.*;\nclass A { List l = new ArrayList<String>(); }\n"
    found = await findings_of(Javac(), subject_of(tmp_path, "A.java", text, "java"))
    assert [(each.code, each.severity.name, each.start.column) for each in found] == [("rawtypes", "WARNING", 10)]
    assert found[0].message.startswith("found raw type: List\nmissing type arguments")


@needs("javac")
async def test_a_message_of_several_lines_before_the_source(tmp_path: Path) -> None:
    text = "class A { java.util.function.Supplier<String> s = () -> 1; }\n"
    (found,) = await findings_of(Javac(), subject_of(tmp_path, "A.java", text, "java"))
    assert found.message == (
        "incompatible types: bad return type in lambda expression\nint cannot be converted to String"
    )
    assert found.start.column == 56


@needs("javac")
async def test_other_sources_are_found_saved_or_not(tmp_path: Path) -> None:
    folder = tmp_path / "src/main/java/org/example"
    folder.mkdir(parents=True)
    (folder / "B.java").write_text("package org.example;\nclass B { static int one() { return 1; } }\n")
    text = "package org.example;\nclass A { int n = B.one() + B.two(); }\n"
    path = "src/main/java/org/example/A.java"
    (found,) = await findings_of(Javac(), subject_of(tmp_path, path, text, "java"))
    assert (found.path, found.start.line, found.message.splitlines()[0]) == (path, 1, "cannot find symbol")
    other = "package org.example;\nclass B { static int one() { return 1; } static int two() { return 2; } }\n"
    unsaved = {"src/main/java/org/example/B.java": other}
    assert await findings_of(Javac(), subject_of(tmp_path, path, text, "java", others=unsaved)) == ()
    assert [name for _, _, names in os.walk(tmp_path) for name in names if name.endswith(".class")] == []


PROCESSOR = """\
import java.util.Set;
import javax.annotation.processing.*;
import javax.lang.model.element.TypeElement;
@SupportedAnnotationTypes("*")
public class P extends AbstractProcessor {
    public boolean process(Set<? extends TypeElement> a, RoundEnvironment r) { return false; }
    static { try { new java.io.FileWriter("MARK").close(); } catch (java.io.IOException e) { } }
}
"""


@needs("javac")
async def test_annotation_processors_are_not_executed(tmp_path: Path) -> None:
    mark = tmp_path / "executed"
    service = tmp_path / "META-INF/services/javax.annotation.processing.Processor"
    service.parent.mkdir(parents=True)
    service.write_text("P\n")
    (tmp_path / "P.java").write_text(PROCESSOR.replace("MARK", str(mark)))
    found = await findings_of(Javac(), subject_of(tmp_path, "A.java", "class A { P p; }\n", "java"))
    assert all(each.severity.name == "WARNING" for each in found)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys\nsys.exit(1)", Status.BROKEN),
        ("import sys\nsys.exit('An exception has occurred in the compiler (17.0.15).')", Status.BROKEN),
        ("print('rubbish')", Status.RAN),
    ],
)
async def test_a_compiler_that_goes_wrong(program: str, status: Status, tmp_path: Path) -> None:
    plant(tmp_path / ".venv/bin", "javac", program)
    report = await Javac().run(subject_of(tmp_path, "A.java", "", "java", trusted=True), 30)
    assert (report.status, report.findings) == (status, ())


async def test_a_long_text_of_blanks_is_no_trap(tmp_path: Path) -> None:
    plant(tmp_path / ".venv/bin", "javac", "")
    subject = subject_of(tmp_path, "A.java", "\n" * 200_000, "java", trusted=True)
    assert (await Javac().run(subject, 30)).status is Status.RAN
