"""Verifies one presentation with the `sd-jwt` package, again and again."""

import json

from answering import answer, seconds
from jwcrypto.jwk import JWK
from sd_jwt import verifier
from sd_jwt.verifier import SDJWTVerifier

state = {}


def load(compact, issuer, audience, nonce, algorithm):
    verifier.DEFAULT_SIGNING_ALG = algorithm  # of key bindings the package takes no other by itself
    state.update(compact=compact, key=JWK.from_json(json.dumps(issuer)), audience=audience, nonce=nonce)
    return sorted(verify().get_verified_payload())


def verify():
    return SDJWTVerifier(
        state["compact"], lambda issuer, header: state["key"], state["audience"], state["nonce"]
    )


def run(times):
    took, _ = seconds(lambda: [verify().get_verified_payload() for _ in range(times)])
    return took


answer(load=load, run=run)
