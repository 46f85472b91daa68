"""What a workspace defines: kept on disk by a process of its own, asked by short queries."""
