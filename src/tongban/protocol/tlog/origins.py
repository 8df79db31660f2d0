"""Names of logs: each node has one, and its name in checkpoints tells whose it is."""


def origin_of(node: str) -> str:
    """The name of a node's log."""
    return f"tongban/{node}"


def node_of(origin: str) -> str | None:
    """The node whose log bears that name; None when the name is of another form."""
    head, _, node = origin.partition("/")
    return node if head == "tongban" and node and "/" not in node else None
