"""The one mutable store of open documents, handing out frozen snapshots."""
