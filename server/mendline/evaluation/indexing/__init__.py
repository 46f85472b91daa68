"""What indexing a workspace costs, and what asking the index costs."""
