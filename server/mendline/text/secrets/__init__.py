"""Secrets in text, and how they are kept from whoever reads it next: pure functions, no I/O."""

from mendline.text.secrets.masking import mask, mask_around
from mendline.text.secrets.placeholder import has_placeholder

__all__ = ["has_placeholder", "mask", "mask_around"]
