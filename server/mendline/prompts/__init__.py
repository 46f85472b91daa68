"""Prompt text as pure functions from text to text."""
