"""Lines that call what another file of the package defines, suggested with other files' code and without.

Reading order: `packages` (which code), `calls` (which lines), `sample` (which of them), `trials` (ask both ways,
compare), `summary` (figures), `evaluation` (all of it).
"""
