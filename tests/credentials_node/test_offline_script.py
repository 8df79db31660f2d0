"""The verifier page's own script says what the library says, for every verdict, and takes nothing forged."""

import copy
import json
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import cbor2
import pytest
from django.test import Client

from tests.counterparts.counterpart import ask
from tests.credentials_node.conftest import AGENCY, CLAIMS, TITLE, use_key
from tongban.credentials.codes import base45
from tongban.credentials.codes.offline import PREFIX, read_offline_code
from tongban.credentials.jwk import to_jwk
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, showing
from tongban.node.credentials.models import Issued
from tongban.node.people.models import Officer, Person
from tongban.suites import Suite, new_signing_key

PURPOSE = issuers.types()[TITLE].purposes[0].key
LIST = "http://testserver/credentials/status/0"
Bundle = dict[str, Any]


def bundle() -> Bundle:
    """What the page loads while it has a network."""
    return dict(json.loads(Client().get("/verify/bundle.json").content))


def told(code: str, loaded: Bundle, at: datetime | None = None) -> Any:
    now = int((at or true_now()).timestamp() * 1000)
    answers = ask("offline.mjs", [{"code": code, "bundle": loaded, "now": now}])
    assert isinstance(answers, list)
    return answers[0]


@pytest.fixture
def code(woman: Person, title: Issued) -> str:
    return showing.offline_code(woman, title.id, PURPOSE).text


def test_a_valid_code_shows_the_claims_of_its_purpose(code: str) -> None:
    found = read_offline_code(code, showing.known(), now=true_now())
    answer = told(code, bundle())
    assert (answer["verdict"], dict(answer["lines"])) == (Verdict.VALID, found.claims)


def signed_otherwise(shown: str, bend: Callable[[bytes], bytes]) -> str:
    """The code with another signature."""
    message = cbor2.loads(zlib.decompress(base45.decode(shown.removeprefix(PREFIX))))
    array = [*message.value[:3], bend(message.value[3])]
    return PREFIX + base45.encode(zlib.compress(cbor2.dumps(cbor2.CBORTag(18, array), canonical=True)))


@pytest.mark.parametrize("suite", [Suite.SM2, Suite.ED25519])
def test_a_code_of_another_suite_is_judged_like_any_other(
    suite: Suite, woman: Person, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_key(monkeypatch, new_signing_key("sichuan-credential", suite))
    title = issuing.issue(person=woman, vct=TITLE, claims=CLAIMS, agency=AGENCY, officer=officer)
    shown = showing.offline_code(woman, title.id, PURPOSE).text
    assert told(shown, bundle())["verdict"] == Verdict.VALID
    forged = copy.deepcopy(bundle())
    other = new_signing_key("other", suite)
    _of_sichuan(forged)["jwk"] = {**to_jwk(other.verifying_key), "kid": "sichuan-credential"}
    assert told(shown, forged)["verdict"] == Verdict.UNKNOWN_ISSUER
    for bend in (lambda _: bytes(64), lambda _: b"\xff" * 64, lambda signature: signature[::-1]):
        assert told(signed_otherwise(shown, bend), bundle()) == {"refused": "bad-signature"}
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    assert told(shown, bundle())["verdict"] == Verdict.REVOKED


@pytest.mark.parametrize(
    ("state", "verdict"),
    [(Issued.State.REVOKED, Verdict.REVOKED), (Issued.State.SUSPENDED, Verdict.SUSPENDED)],
)
def test_what_the_list_says_is_told(
    code: str, title: Issued, officer: Officer, state: Issued.State, verdict: Verdict
) -> None:
    issuing.change(title, state, officer, "证书有误")
    assert told(code, bundle())["verdict"] == verdict


@pytest.mark.parametrize(
    ("later", "verdict"),
    [(timedelta(days=2), Verdict.STATUS_STALE), (timedelta(days=100), Verdict.EXPIRED)],
)
def test_data_that_are_out_of_date_never_say_valid(code: str, later: timedelta, verdict: Verdict) -> None:
    assert told(code, bundle(), true_now() + later)["verdict"] == verdict


def test_a_revocation_holds_in_old_data_too(code: str, title: Issued, officer: Officer) -> None:
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    assert told(code, bundle(), true_now() + timedelta(days=2))["verdict"] == Verdict.REVOKED


def _of_sichuan(loaded: Bundle) -> Bundle:
    return next(key for key in loaded["keys"] if key["issuer"] == "http://testserver")


def _without_key(loaded: Bundle) -> None:
    loaded["keys"].remove(_of_sichuan(loaded))


def _revoked_key(loaded: Bundle) -> None:
    _of_sichuan(loaded)["revoked"] = (true_now() - timedelta(hours=1)).isoformat()


def _no_types(loaded: Bundle) -> None:
    _of_sichuan(loaded)["types"] = []


def _no_list(loaded: Bundle) -> None:
    del loaded["lists"][LIST]


def _list_of_another(loaded: Bundle) -> None:
    loaded["lists"][LIST]["issuer"] = "http://127.0.0.1:9"


def _forged_list(loaded: Bundle) -> None:
    head, _, signature = loaded["lists"][LIST]["token"].rpartition(".")
    loaded["lists"][LIST]["token"] = f"{head}.{signature[::-1]}"


def _unknown_signer(loaded: Bundle) -> None:
    _of_sichuan(loaded)["jwk"]["kid"] = "another"


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (_without_key, Verdict.UNKNOWN_ISSUER),
        (_revoked_key, Verdict.UNKNOWN_ISSUER),
        (_no_types, Verdict.NOT_TRUSTED_FOR_TYPE),
        (_no_list, Verdict.STATUS_STALE),
        (_list_of_another, Verdict.STATUS_STALE),
        (_forged_list, Verdict.STATUS_STALE),
        (_unknown_signer, Verdict.STATUS_STALE),
    ],
)
def test_who_is_not_trusted_and_what_is_not_known_is_told(
    code: str, change: Callable[[Bundle], None], verdict: Verdict
) -> None:
    loaded = copy.deepcopy(bundle())
    change(loaded)
    assert told(code, loaded)["verdict"] == verdict


@pytest.mark.parametrize(
    "forge",
    [
        lambda code: code[:-40] + code[-40:][::-1],
        lambda code: code + "A",
        lambda _code: "TB1:",
        lambda _code: "x",
    ],
)
def test_what_is_forged_or_broken_is_refused(code: str, forge: Callable[[str], str]) -> None:
    assert "refused" in told(forge(code), bundle())
