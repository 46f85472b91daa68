"""tree-sitter: languages, incremental trees, problems found in them."""
