"""Structured dictionary fields (RFC 9651), read strictly: what cannot be read is Refused `malformed`."""

import http_sf

from tongban.protocol.refusals import Code, Refused


def parse_dictionary(value: str, path: str) -> http_sf.DictionaryType:
    """The members of a dictionary field in which no key stands twice."""

    def repeated(key: str, context: str) -> None:
        raise Refused(Code.MALFORMED, path, f"a key stands twice in the {context}")

    try:
        parsed = http_sf.parse(value.encode("ascii"), tltype="dictionary", on_duplicate_key=repeated)
    except (ValueError, UnicodeError):
        raise Refused(Code.MALFORMED, path, "a structured dictionary field is expected") from None
    if not isinstance(parsed, dict):
        raise Refused(Code.MALFORMED, path, "a structured dictionary field is expected")
    return parsed


def bare(member: object) -> object:
    """The bare value of a parsed member, without its parameters."""
    return member[0] if isinstance(member, tuple) else member
