"""From the name of a module to its file, and from an imported name to its definition: one file a language."""
