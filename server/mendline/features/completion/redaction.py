"""The one place that all text passes on its way into a prompt: no secret goes further."""

from __future__ import annotations

from attrs import evolve

from mendline.engine.protocol import ContextChunk, FillRequest
from mendline.text.secrets import mask


def redacted(request: FillRequest) -> FillRequest:
    """Return the request with the secrets in its texts and paths masked, each by as many characters.

    A secret that the cursor stands in is masked on both sides.
    """
    around = mask(request.prefix + request.suffix)
    cursor = len(request.prefix)
    return evolve(
        request,
        prefix=around[:cursor],
        suffix=around[cursor:],
        path=mask(request.path),
        context=tuple(ContextChunk(path=mask(chunk.path), text=mask(chunk.text)) for chunk in request.context),
    )
