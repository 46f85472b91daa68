"""From a place in a document to the request for the engine, and a summary of it for `explain`."""

from __future__ import annotations

from pathlib import PurePosixPath

from attrs import frozen

from mendline.context.budget import BORDER_STEPS, Budget, budget, estimated_tokens
from mendline.context.cells import cell_chunks
from mendline.context.window import window
from mendline.engine.protocol import EngineInfo, FillRequest, Sampling
from mendline.features.completion.outcome import Section
from mendline.features.completion.place import Place
from mendline.features.completion.prefilled import Prefilled
from mendline.settings.model import Settings
from mendline.workspace.store import Snapshot

# So many tokens more are worth a larger prompt.
_WORTH_TOKENS = 64


@frozen
class Prompt:
    """A request and what is in it, part by part."""

    request: FillRequest
    sections: tuple[Section, ...]


def choose_prompt(place: Place, settings: Settings, info: EngineInfo | None, prefilled: Prefilled) -> Prompt:
    """Choose what the model sees now: as much as it can without a wait.

    The candidates differ in size and in where their text begins (`context.budget`, `context.window`).

    Args:
        place: the cursor.
        settings: say, with `info`, how much the model may see.
        info: what runs the model, where that is known.
        prefilled: what the engine has in its cache.
    """
    sizes = dict.fromkeys((budget(settings, info), budget(settings, info, cold=True)))
    candidates = [
        build_prompt(place, size, settings.completion.max_tokens, lagging=lagging)
        for size in sizes
        for lagging in ((False, True) if size.overhang else (False,))
    ]
    costs = [prefilled.missing(candidate.request) for candidate in candidates]
    bearable = min(costs) + _WORTH_TOKENS
    return next(candidate for candidate, cost in zip(candidates, costs, strict=True) if cost <= bearable)


def whole_prompt(place: Place, settings: Settings, info: EngineInfo | None) -> Prompt:
    """Return what the model shall see as soon as there was time to compute it."""
    return build_prompt(place, budget(settings, info), settings.completion.max_tokens)


def build_prompt(place: Place, size: Budget, max_tokens: int, *, lagging: bool = False) -> Prompt:
    """Build the request for a place.

    Args:
        place: the cursor in the document the model sees.
        size: how much of it the model gets to see.
        max_tokens: the most tokens to generate.
        lagging: whether the text begins one step earlier than it would by itself (`context.window`).
    """
    part = window(place.document, place.offset, size, lagging=lagging)
    path = _shown_path(place.snapshot)
    # In coarse steps, so that cells don't come and go with single keystrokes.
    step = max(1, size.prefix // BORDER_STEPS)
    room = size.prefix - -(-len(part.prefix) // step) * step
    chunks = cell_chunks(place.snapshot.cells_before, path, room)
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
