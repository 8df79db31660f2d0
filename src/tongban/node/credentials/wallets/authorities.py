"""Which authorities certify those who may issue a type, so that a wallet finds a card that counts (HAIP 1.0).

This only helps the wallet choose: whether a credential counts is decided by the trust list.
"""

from typing import Any

from cryptography import x509

from tongban.credentials.x5c import subject_identifier
from tongban.node.clock import true_now
from tongban.node.exchange import identity
from tongban.protocol import Directory, KeyUse
from tongban.protocol.conversation import civil_day
from tongban.suites import Suite


def trusted(vct: str) -> list[dict[str, Any]]:
    """The member `trusted_authorities` of a query, by `aki`.

    Empty, which asks for no authority, as soon as one issuer of the type cannot put a certificate of the
    directory into its credentials: its holders would have nothing to show.
    """
    directory = identity.current().directory
    today = civil_day(true_now())
    nodes = {one.node for one in directory.issues if vct in one.types and one.in_force(today)}
    found = [_identifiers(directory, node) for node in sorted(nodes)]
    if not found or not all(found):
        return []
    return [{"type": "aki", "values": [value for values in found for value in values]}]


def _identifiers(directory: Directory, name: str) -> list[str]:
    node = directory.node(name)
    now = true_now()
    keys = [key for key in node.keys if key.use is KeyUse.CREDENTIAL and key.valid_at(now)]
    if not keys or any(key.verifying_key.suite is not Suite.ES256 for key in keys):
        return []
    return [subject_identifier(x509.load_pem_x509_certificate(pem.encode())) for pem in node.certificates]
