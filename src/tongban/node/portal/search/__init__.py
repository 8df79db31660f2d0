"""The search over services: by words, synonyms, pinyin, its initials, English; typing errors are forgiven."""

from tongban.node.portal.search.documents import Document
from tongban.node.portal.search.finding import Found, find

__all__ = ["Document", "Found", "find"]
