"""People, their accounts, officers, and who read whose data."""

from tongban.node.people.pseudonyms import pseudonym

__all__ = ["pseudonym"]
