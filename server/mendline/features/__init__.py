"""What Mendline does for its user: one folder a capability; they don't import each other."""
