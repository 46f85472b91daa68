"""Lines that call what another file of the package defines, suggested with other files' code and without.

Reading order: `packages` (which code), `calls` (which lines), `sample` (which of them), `indexes` (what is known
of the packages), `trials` (ask both ways, compare), `summary` (figures), `evaluation` (all of it).
"""
