"""The process between Mendline and a tool: bounds the tool, watches it, and leaves nothing of it behind.

Started with `python -I -S`, so it has the standard library only, and of Mendline it imports nothing but this package.
"""
