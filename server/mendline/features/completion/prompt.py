"""From a place in a document to the request for the engine, and a summary of it for `explain`."""

from __future__ import annotations

from pathlib import PurePosixPath

from attrs import frozen

from mendline.context.budget import Budget, estimated_tokens
from mendline.context.cells import cell_chunks
from mendline.context.window import window
from mendline.engine.protocol import FillRequest, Sampling
from mendline.features.completion.outcome import Section
from mendline.text.document import Document
from mendline.workspace.store import Snapshot


@frozen
class Prompt:
    """A request and what is in it, part by part."""

    request: FillRequest
    sections: tuple[Section, ...]


def build_prompt(snapshot: Snapshot, document: Document, offset: int, budget: Budget, max_tokens: int) -> Prompt:
    """Build the request for the text at `offset` of `document`.

    Args:
        snapshot: says where the text is from.
        document: the snapshot's document, or one derived from it.
        offset: the cursor, in code points of `document`.
        budget: how much the model gets to see.
        max_tokens: the most tokens to generate.
    """
    part = window(document, offset, budget)
    path = _shown_path(snapshot)
    # In coarse steps, so that cells don't come and go with single keystrokes.
    step = max(1, budget.prefix // 4)
    room = budget.prefix - -(-len(part.prefix) // step) * step
    chunks = cell_chunks(snapshot.cells_before, path, room)
    request = FillRequest(
        prefix=part.prefix,
        suffix=part.suffix,
        path=path,
        context=chunks,
        sampling=Sampling(max_tokens=max_tokens),
    )
    sections = (
        *(_section("cell", chunk.path, chunk.text) for chunk in chunks),
        _section("prefix", "", part.prefix),
        _section("suffix", "", part.suffix),
    )
    return Prompt(request, sections)


def _section(name: str, path: str, text: str) -> Section:
    return Section(name=name, path=path, characters=len(text), tokens=estimated_tokens(text))


def _shown_path(snapshot: Snapshot) -> str:
    """The file's name with its folder's; for an unsaved document a name that tells its language."""
    if snapshot.path:
        return "/".join(PurePosixPath(snapshot.path.replace("\\", "/")).parts[-2:]).lstrip("/")
    extensions = snapshot.language.extensions if snapshot.language else ()
    return f"untitled{next(iter(extensions))}" if extensions else ""
