"""`python -m mendline.workspace.index ROOT`: see `process`."""

import sys

from mendline.workspace.index.process import main

sys.exit(main(sys.argv[1:]))
