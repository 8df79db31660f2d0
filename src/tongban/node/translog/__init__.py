"""The node's transparency log: what it did with people's data, in an order that nobody can change unseen."""
