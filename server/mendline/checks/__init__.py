"""Verifiers of candidates, the parse gate first."""
