"""Numbers of bytes as people read them."""

from __future__ import annotations


def human_size(size: float) -> str:
    """Return a number of bytes in decimal units with three digits: "1.12 GB", "98.4 MB", "0 B"."""
    for unit in ("B", "kB", "MB", "GB"):
        if size < 999.5:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} TB"
