"""Bare names that exist nowhere: what a model makes up most often, and what a parser can't see."""

from mendline.checks.names.undefined import undefined_below, undefined_names

__all__ = ["undefined_below", "undefined_names"]
