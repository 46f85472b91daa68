"""Models on disk: the catalogue, the store they are kept in, the sources they come from, and GGUF files.

catalogue   what is known by name          partial    bytes on their way to a whole file
store       find, pull, verify, remove     sources/   hub and wheels
gguf        look into a file               verified   remembers good hashes
"""

from __future__ import annotations

from mendline.engine.models.catalogue import Catalogue, Entry
from mendline.engine.models.gguf import GgufInfo, inspect
from mendline.engine.models.progress import DownloadCancelled, Phase, Progress
from mendline.engine.models.store import ModelStore

__all__ = ["Catalogue", "DownloadCancelled", "Entry", "GgufInfo", "ModelStore", "Phase", "Progress", "inspect"]
