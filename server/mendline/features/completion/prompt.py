"""From a place in a document to the request for the engine, and a summary of it for `explain`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import PurePosixPath

from attrs import evolve, frozen

from mendline.context.assembly import Part, assemble
from mendline.context.budget import BORDER_STEPS, Budget, budget, estimated_tokens
from mendline.context.cells import cell_chunks
from mendline.context.related import NOTHING, Related
from mendline.context.window import Window, window
from mendline.engine.protocol import ContextChunk, EngineInfo, FillRequest, Sampling
from mendline.features.completion.outcome import Section
from mendline.features.completion.place import Place
from mendline.features.completion.prefilled import Prefilled
from mendline.features.completion.redaction import redacted
from mendline.settings.model import Settings

# So many tokens more are worth a larger prompt, or one with fresher related code.
_WORTH_TOKENS = 64
_KEPT = "kept"


@frozen
class Prompt:
    """A request and what is in it, part by part."""

    request: FillRequest
    sections: tuple[Section, ...]


@frozen
class Wish:
    """What a prompt is to be made of, besides the document.

    Attributes:
        size: how much the model gets to see.
        max_tokens: the most tokens to generate.
        related: code of other files that belongs to the place.
        omit: names of context sources that are left out.
        kept: related code as an earlier prompt had it, to be shown as it was in place of a fresh choice.
        lagging: whether the text begins one step earlier than it would by itself (`context.window`).
    """

    size: Budget
    max_tokens: int
    related: Related = NOTHING
    omit: Collection[str] = ()
    kept: tuple[ContextChunk, ...] | None = None
    lagging: bool = False


def choose_prompt(
    place: Place,
    settings: Settings,
    info: EngineInfo | None,
    prefilled: Prefilled,
    *,
    related: Related = NOTHING,
    omit: Collection[str] = (),
) -> Prompt:
    """Choose what the model sees now: as much as it can without a wait.

    The candidates differ in size, in related code (what belongs there now, or what was computed before), and in
    where their text begins (`context.budget`, `context.window`).

    Args:
        place: the cursor.
        settings: say, with `info`, how much the model may see.
        info: what runs the model, where that is known.
        prefilled: what the engine has in its cache.
        related: code of other files that belongs to the place.
        omit: names of context sources that are left out.
    """
    more = settings.completion.max_tokens
    sizes = dict.fromkeys((budget(settings, info), budget(settings, info, cold=True)))
    earlier = _without_cells(place, prefilled.contexts(_paths(place, related)), related)
    costs: list[tuple[Prompt, int]] = []
    for size in sizes:
        for wish in _wishes(Wish(size, more, related, omit), earlier):
            prompt = build_prompt(place, wish)
            cost = prefilled.missing(prompt.request)
            if cost <= _WORTH_TOKENS:
                return prompt
            costs.append((prompt, cost))
    bearable = min(cost for _, cost in costs) + _WORTH_TOKENS
    return next(prompt for prompt, cost in costs if cost <= bearable)


def whole_prompt(
    place: Place,
    settings: Settings,
    info: EngineInfo | None,
    *,
    related: Related = NOTHING,
    omit: Collection[str] = (),
) -> Prompt:
    """Return what the model shall see as soon as there was time to compute it."""
    return build_prompt(place, Wish(budget(settings, info), settings.completion.max_tokens, related, omit))


def build_prompt(place: Place, wish: Wish) -> Prompt:
    """Build the request for a place in the document the model sees."""
    text, room = _layout(place, wish)
    parts = _kept_parts(wish) if wish.kept is not None else _fresh_parts(wish, room, text)
    if not parts:
        text = _window(place, wish, wish.size)
    path = _path(place, wish.related if parts else NOTHING)
    spent = sum(len(part.chunk.text.encode("utf-8", "surrogatepass")) for part in parts)
    cells = cell_chunks(place.snapshot.cells_before, path, _free(text, wish.size) - spent)
    parts = (*parts, *(Part("cell", chunk) for chunk in cells))
    request = FillRequest(
        prefix=text.head + text.prefix,
        suffix=text.suffix,
        path=path,
        context=tuple(part.chunk for part in parts),
        sampling=Sampling(max_tokens=wish.max_tokens),
    )
    request = redacted(request)
    return Prompt(request, _sections(request, parts, len(text.head)))


def _wishes(fresh: Wish, earlier: tuple[tuple[ContextChunk, ...], ...]) -> Iterator[Wish]:
    """The variants of a prompt of one size, the best first."""
    for kept in (None, *(earlier if fresh.size.context else ())):
        for lagging in (False, True) if fresh.size.overhang else (False,):
            yield evolve(fresh, kept=kept, lagging=lagging)


def _layout(place: Place, wish: Wish) -> tuple[Window, int]:
    """Return the text beside related code, and the room for that in UTF-8 bytes.

    A file that is shorter than its room leaves the rest; a longer one gives up its share, whatever is found.
    """
    size = wish.size
    if not size.context:
        return _window(place, wish, size), 0
    if place.offset <= size.prefix:
        whole = _window(place, wish, size)
        free = _free(whole, size)
        if whole.start == 0 and free >= size.context:
            return whole, free
    return _window(place, wish, size.beside_context()), size.context


def _without_cells(
    place: Place, contexts: tuple[tuple[ContextChunk, ...], ...], related: Related
) -> tuple[tuple[ContextChunk, ...], ...]:
    """Related code alone, each choice once: cells have the notebook's own path, and are chosen anew each time."""
    if not place.snapshot.cells_before:
        return contexts
    own = _paths(place, related)
    return tuple(dict.fromkeys(tuple(chunk for chunk in each if chunk.path not in own) for each in contexts))


def _paths(place: Place, related: Related) -> set[str]:
    """The paths that the file may have in prompts."""
    return {_path(place, related), _path(place, NOTHING)}


def _window(place: Place, wish: Wish, size: Budget) -> Window:
    # With a popup's item inserted, the tree still fits what stands before it.
    return window(place.document, place.offset, size, tree=place.snapshot.tree, lagging=wish.lagging)


def _free(text: Window, size: Budget) -> int:
    """What the text leaves of the prefix's room: in coarse steps, so that nothing comes and goes with a keystroke."""
    step = max(1, size.prefix // BORDER_STEPS)
    return size.prefix - -(-(len(text.head) + len(text.prefix)) // step) * step


def _fresh_parts(wish: Wish, room: int, text: Window) -> tuple[Part, ...]:
    return assemble(wish.related, room, text.head + text.prefix + text.suffix, wish.omit) if room > 0 else ()


def _kept_parts(wish: Wish) -> tuple[Part, ...]:
    return tuple(Part(_KEPT, chunk) for chunk in wish.kept or ())


def _sections(request: FillRequest, parts: tuple[Part, ...], head: int) -> tuple[Section, ...]:
    """What is in a masked request; `head` is how long the headers at the prefix's start are."""
    return (
        *(_section(part.source, chunk.path, chunk.text) for part, chunk in zip(parts, request.context, strict=True)),
        *((_section("scope", "", request.prefix[:head]),) if head else ()),
        _section("prefix", "", request.prefix[head:]),
        _section("suffix", "", request.suffix),
    )


def _section(name: str, path: str, text: str) -> Section:
    return Section(name=name, path=path, characters=len(text), tokens=estimated_tokens(text), text=text)


def _path(place: Place, related: Related) -> str:
    """The file's path as the model reads it: beside those of other files in their way, else its last two parts.

    An unsaved document gets a name that tells its language.
    """
    snapshot = place.snapshot
    if snapshot.path:
        return related.path or "/".join(PurePosixPath(snapshot.path.replace("\\", "/")).parts[-2:]).lstrip("/")
    extensions = snapshot.language.extensions if snapshot.language else ()
    return f"untitled{next(iter(extensions))}" if extensions else ""
