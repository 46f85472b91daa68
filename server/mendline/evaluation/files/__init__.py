"""Suggestions in real files: cursor positions in code that is on the machine, judged by a parse of their own.

Reading order: `code` (which files), `holes` (what is deleted in them), `sample` (which positions), `trials` (ask,
apply, judge), `summary` (figures), `evaluation` (all of it).
"""
