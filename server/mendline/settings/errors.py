"""The root of the error tree, at the bottom of the rooms so that each can hang its own below it."""

from __future__ import annotations


class MendlineError(Exception):
    """An error whose message is one line for the user: what is wrong, and what to do about it."""
