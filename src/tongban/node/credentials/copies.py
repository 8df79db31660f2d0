"""Copies of the other issuers' status lists, kept so that a look-up needs no network, and renewed in time.

Promises: a list counts only if its issuer signed it; one that cannot be fetched ages and is told as stale; no
older list takes the place of a newer one, so that nothing revoked comes back.
"""

import logging
from collections.abc import Mapping

from tongban.credentials import CredentialRefused
from tongban.credentials.status import MEDIA_TYPE, ListCopy, open_list
from tongban.credentials.trust import TrustList, Untrusted
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, lists, models
from tongban.node.fetching import Away, Site

REFRESH_SECONDS = 20
TIMEOUT_SECONDS = 10
MOST_BYTES = 4 * 1024 * 1024

log = logging.getLogger(__name__)


def refresh() -> None:
    """Fetch every list that the directory names and that is another node's."""
    trust = issuers.trust_list()
    for uri, issuer in _named(trust):
        _renew(uri, issuer, trust)


def have(issuer: str) -> None:
    """Fetch at once those lists of an issuer of which no copy is fresh, for who cannot wait for `refresh`."""
    trust, here, now = issuers.trust_list(), at_hand(), true_now()
    for uri, whose in _named(trust):
        copy = here.get(uri)
        if whose == issuer and (copy is None or not copy.is_fresh(now)):
            _renew(uri, whose, trust)


def at_hand() -> Mapping[str, ListCopy]:
    """Every list by its address: the others' as last fetched, the own ones as they are now."""
    trust = issuers.trust_list()
    found: dict[str, ListCopy] = {}
    for row in models.ListCopy.objects.all():
        copy = _opened(row, trust)
        if copy is not None:
            found[row.uri] = copy
    for uri, token in own_tokens().items():
        issuer = issuers.own().uri
        found[uri] = open_list(token, uri, issuer, trust, now=true_now())
    return found


def tokens() -> dict[str, tuple[str, str]]:
    """Issuer and signed list by address, for verifiers who go where there is no network."""
    found = {row.uri: (row.issuer, bytes(row.token).decode("ascii")) for row in models.ListCopy.objects.all()}
    own = own_tokens()
    return found | {uri: (issuers.own().uri, token) for uri, token in own.items()}


def own_tokens() -> dict[str, str]:
    """The own lists, signed now."""
    signed = {uri: lists.signed(number) for number, uri in enumerate(issuers.own_lists())}
    return {uri: token for uri, token in signed.items() if token is not None}


def _named(trust: TrustList) -> list[tuple[str, str]]:
    """Address and issuer of every list that is another node's."""
    mine = issuers.own_lists()
    return sorted({(uri, key.issuer) for key in trust.keys for uri in key.lists if uri not in mine})


def _renew(uri: str, issuer: str, trust: TrustList) -> None:
    try:
        token = _fetch(uri)
        signed_at = open_list(token, uri, issuer, trust, now=true_now()).signed_at
    except (Away, CredentialRefused, Untrusted) as error:
        log.warning("status list %s not taken: %s", uri, type(error).__name__)
        return
    held = _opened(models.ListCopy.objects.filter(pk=uri).first(), trust)
    if held is not None and signed_at < held.signed_at:
        log.warning("status list %s not taken: an older one than is held", uri)
        return
    models.ListCopy.objects.update_or_create(
        uri=uri, defaults={"issuer": issuer, "token": token, "received_at": true_now()}
    )


def _opened(row: models.ListCopy | None, trust: TrustList) -> ListCopy | None:
    """A stored copy as it was received; None without one, or where nobody vouches for it any more."""
    if row is None:
        return None
    try:
        return open_list(bytes(row.token), row.uri, row.issuer, trust, now=row.received_at)
    except (CredentialRefused, Untrusted):
        return None


def _fetch(uri: str) -> bytes:
    with Site(seconds=TIMEOUT_SECONDS, most_bytes=MOST_BYTES) as site:
        answer = site.ask("GET", uri, headers={"accept": MEDIA_TYPE})
    if answer.status != 200:
        raise Away(f"status {answer.status}")
    return answer.content
