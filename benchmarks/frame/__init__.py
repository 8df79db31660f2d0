"""What topics use: figures with targets, fair timing, peers in environments of their own, the report."""
