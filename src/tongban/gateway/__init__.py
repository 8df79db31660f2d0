"""The fast door between nodes."""
