"""The version adapter of SD-JWT VC: what differs between the drafts, in one place.

Tongban issues by draft-ietf-oauth-sd-jwt-vc-11 and later (`dc+sd-jwt`, `locale`) and reads what was issued
before November 2024 (`vc+sd-jwt`, `lang`).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """One form in which credentials and type metadata come."""

    typ: str
    language_member: str


CURRENT = Version("dc+sd-jwt", "locale")
BEFORE_2024_11 = Version("vc+sd-jwt", "lang")
VERSIONS = (CURRENT, BEFORE_2024_11)
ACCEPTED_TYP = frozenset(version.typ for version in VERSIONS)
MEDIA_TYPE = f"application/{CURRENT.typ}"
