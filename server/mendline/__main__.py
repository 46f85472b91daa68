"""`mendline` and `python -m mendline`."""

from __future__ import annotations

import sys

from mendline.cli import main

if __name__ == "__main__":
    sys.exit(main())
