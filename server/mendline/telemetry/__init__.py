"""Logs without code in them, and counters."""
