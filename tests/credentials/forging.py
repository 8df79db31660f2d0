"""Tokens that a forger, a thief or a broken wallet would send, signed by whoever the test says."""

import base64
import hashlib
import json
from collections.abc import Mapping

from tests.credentials.issuer_and_holder import CLAIMS, TYPE, issuer_key
from tongban.credentials import jws
from tongban.suites import SigningKey


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def disclosure(*contents: object) -> str:
    return b64(json.dumps(list(contents)).encode())


def digest(text: str) -> str:
    return b64(hashlib.sha256(text.encode()).digest())


def token(
    payload: Mapping[str, object], header: Mapping[str, object] | None = None, key: SigningKey | None = None
) -> str:
    return jws.sign(header or {"typ": TYPE}, payload, key or issuer_key()).decode()


def credential(payload: Mapping[str, object], *disclosures: str) -> str:
    return "~".join([token({"iss": CLAIMS["iss"], **payload}), *disclosures, ""])
