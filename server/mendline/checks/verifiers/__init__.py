"""Checks, one file each; `checks.catalogue` lists them."""
