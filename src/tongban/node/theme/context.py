"""What every template knows of its node."""

from typing import TypedDict

from django.http import HttpRequest

from tongban.node.config import NodeConfig, this_node
from tongban.node.theme.wording import side_class


class NodeContext(TypedDict):
    """The node's own description, and the style class of its side."""

    node: NodeConfig
    node_side: str


def node(_request: HttpRequest) -> NodeContext:
    """The node that answers; reads no database, so error pages have it too."""
    described = this_node()
    return NodeContext(node=described, node_side=side_class(described.jurisdiction))
