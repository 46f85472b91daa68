"""What is to be repaired."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve, field, frozen

from mendline.checks.changed_symbols import LEAST_LETTERS, changed_symbols
from mendline.checks.check import Project, Subject
from mendline.checks.finding import Finding, Point
from mendline.syntax.languages import language_of
from mendline.syntax.tree import Tree
from mendline.text.document import Document, Range
from mendline.workspace.index.model import SymbolIndex
from mendline.workspace.notebooks import without_magics


@frozen
class Problem:
    """One finding in one document.

    Attributes:
        document: the file as the editor has it.
        tree: its tree; None without a grammar.
        language: its language id, as in LSP.
        path: the file, relative to the project's root, with forward slashes.
        finding: what is wrong, in whoever's words.
        project: where the file lives.
        others: texts of other files that aren't on the disk as they are meant, by path as above.
        notes: what whoever found it says of related places, a sentence each.
        index: what is known of the workspace's files, where there is an index.
        above: what is executed before the document in the same program, whole lines: earlier cells of a notebook, in
            Python; None for what is no cell. Checks see it, and what they find in it is nobody's concern.
        in_file: whether the document is a file, or will be: then the checks may look at what it is part of.
        symbols: the names of what is changed, where it is known (`knowing_symbols`): by them tests are chosen.
    """

    document: Document
    tree: Tree | None = field(eq=False, repr=False)
    language: str
    path: str
    finding: Finding
    project: Project
    others: Mapping[str, str] = field(factory=dict)
    notes: tuple[str, ...] = ()
    index: SymbolIndex | None = field(default=None, eq=False, repr=False)
    above: str | None = None
    in_file: bool = True
    symbols: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Document, language: str, path: str, finding: Finding, project: Project) -> Problem:
        """Make a problem of a document that isn't parsed yet."""
        known = language_of(language, path)
        tree = Tree.parse(document, known) if known is not None else None
        return cls(document, tree, language, path, finding, project)

    @property
    def language_name(self) -> str:
        """The language as its users write it; its id where Mendline doesn't know it."""
        known = language_of(self.language, self.path)
        return known.name if known is not None else self.language

    @property
    def range(self) -> Range:
        """Where the finding lies in the document, in code points; what lies outside is clamped."""
        start = offset_of(self.document, self.finding.start)
        return Range(start, max(start, offset_of(self.document, self.finding.end)))

    def knowing_symbols(self) -> Problem:
        """The problem with the names of the definitions that it lies in, and of those in the file that use them.

        Where an error hides them from the tree, the index may know what was around its line when it was last looked at.
        """
        found = changed_symbols(self.tree, self.range)
        if not found and self.index is not None and self.tree is not None and self.tree.root.has_error:
            line = self.finding.start.line + 1
            above = [each for each in self.index.in_file(self.path) if each.line <= line]
            found = tuple(
                dict.fromkeys(part for each in above[-1:] for part in (each.name, *each.container.split(".")))
            )
        return evolve(self, symbols=tuple(name for name in found if len(name) >= LEAST_LETTERS))

    def subject(self, text: str | None = None) -> Subject:
        """What checks are asked about.

        Args:
            text: what the file would be; by default what it is.
        """
        whole = self.document.text if text is None else text
        if self.above is not None:
            whole = self.above + without_magics(whole)
        return Subject(self.project, self.path, self.language, {**self.others, self.path: whole}, self.symbols)


def offset_of(document: Document, point: Point) -> int:
    """The offset of a place in a document, clamped to the end of its line and of the document."""
    if point.line >= document.line_count:
        return len(document.text)
    return min(document.line_start(point.line) + max(point.column, 0), document.line_end(point.line))
