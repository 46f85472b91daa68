"""Computing a place's prompt before a suggestion is asked for there."""

from __future__ import annotations

from collections.abc import Collection

from attrs import evolve, frozen

from mendline.context.related import NOTHING, Related
from mendline.engine.protocol import Engine, EngineInfo, FillRequest, Priority
from mendline.features.completion.outcome import Trigger
from mendline.features.completion.place import Place
from mendline.features.completion.prefilled import Prefilled
from mendline.features.completion.prompt import choose_prompt, whole_prompt
from mendline.features.completion.silence import silence
from mendline.settings.model import Settings
from mendline.workspace.store import Snapshot


@frozen
class Warmed:
    """What was done.

    Attributes:
        prompt_tokens: tokens of the prompts.
        computed_tokens: those that were not in the cache.
        seconds: time the engine took for them.
    """

    prompt_tokens: int = 0
    computed_tokens: int = 0
    seconds: float = 0.0


def unwarmed(
    snapshot: Snapshot,
    offset: int,
    settings: Settings,
    info: EngineInfo | None,
    prefilled: Prefilled,
    *,
    related: Related = NOTHING,
    omit: Collection[str] = (),
) -> tuple[FillRequest, ...]:
    """Return the prompts that are worth computing ahead at a place, in order.

    First what a suggestion would be made from at once, which is soon there; then what the model shall see in the end.
    Both are laid out exactly as `complete` does it. Empty where no suggestion would be made (switched off, an excluded
    file), where there is no text, and where nothing is missing.

    Args:
        snapshot: the document.
        offset: the cursor, in code points.
        settings: as for `complete`.
        info: what runs the model, where that is known.
        prefilled: what the engine has in its cache.
        related: code of other files that belongs to the place.
        omit: names of context sources that are left out.
    """
    if silence(snapshot, offset, Trigger.INVOKED, settings) is not None:
        return ()
    place = Place.of(snapshot, offset, None)
    prompts = (
        choose_prompt(place, settings, info, prefilled, related=related, omit=omit),
        whole_prompt(place, settings, info, related=related, omit=omit),
    )
    requests = dict.fromkeys(evolve(prompt.request, priority=Priority.BACKGROUND) for prompt in prompts)
    return tuple(request for request in requests if prefilled.missing(request))


async def warm(requests: tuple[FillRequest, ...], engine: Engine, prefilled: Prefilled) -> Warmed:
    """Compute prompts one after the other, and note each that is there.

    What was computed up to a cancellation stays in the engine's cache.

    Raises:
        EngineError: the engine's.
    """
    done = Warmed()
    for request in requests:
        usage = await engine.warm(request)
        prefilled.add(request)
        done = Warmed(
            done.prompt_tokens + usage.prompt_tokens,
            done.computed_tokens + usage.prompt_tokens - usage.cached_tokens,
            done.seconds + usage.prompt_seconds,
        )
    return done
