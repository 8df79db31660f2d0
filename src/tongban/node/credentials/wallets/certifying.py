"""The certificate of this node's issuing key, for verifiers who have no directory (HAIP 1.0, `x5c`).

Promises: all copies under one key carry the same bytes; nodes of the federation never rely on them.
"""

import base64
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding

from tongban.credentials.sdjwt.issuing import NO_HEADER
from tongban.node.certificates import certify
from tongban.node.config import this_node
from tongban.node.credentials.issuers import OwnIssuer
from tongban.node.credentials.wallets.reader import NoReader, certificate_issuer
from tongban.suites import Suite


def header(own: OwnIssuer) -> Mapping[str, object]:
    """The member `x5c` with one certificate, made by the node's own issuer of certificates.

    Nothing where the node has none, and for keys of other suites than ES256, for which HAIP has no use.
    """
    if own.key.suite is not Suite.ES256:
        return NO_HEADER
    try:
        issuer = certificate_issuer()
    except NoReader:
        return NO_HEADER
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), own.key.verifying_key.public_key)
    der = certify(issuer, this_node().name, own.uri, key).public_bytes(Encoding.DER)
    return {"x5c": [base64.b64encode(der).decode()]}
