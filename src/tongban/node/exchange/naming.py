"""Names that the directory gives to what messages and records hold only as codes, for pages to show."""

from collections.abc import Collection, Mapping

from tongban.node.exchange import identity
from tongban.protocol import Text


def field_titles(of: Collection[str] = ()) -> Mapping[str, Text]:
    """The titles of all fields of all evidence types that the directory lists.

    Of fields with one name in several types, those of the types `of` count.
    """
    kinds = sorted(identity.current().directory.evidence_types, key=lambda kind: kind.name in of)
    return {field.name: field.title for kind in kinds for field in kind.fields}


def agency_title(code: str) -> Text:
    """The name of an agency; its code when the directory does not list it any more."""
    titles = {agency.code: agency.title for agency in identity.current().directory.agencies}
    return titles.get(code, Text(zh=code, en=code))


def node_title(node_id: str) -> Text:
    """The name of a node; its id when the directory does not list it any more."""
    nodes = {node.id: node.title for node in identity.current().directory.nodes}
    return nodes.get(node_id, Text(zh=node_id, en=node_id))
