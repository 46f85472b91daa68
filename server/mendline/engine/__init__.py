"""The model: one protocol, three implementations, the process all editors share."""
