"""One file per method, named after it: take a snapshot, convert, delegate."""
