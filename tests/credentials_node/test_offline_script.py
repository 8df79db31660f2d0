"""The verifier page's own script says what the library says, for every verdict, and takes nothing forged."""

import copy
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from tests.counterparts.counterpart import ask
from tests.credentials_node.conftest import TITLE
from tongban.credentials.codes.offline import read_offline_code
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, showing
from tongban.node.credentials.models import Issued
from tongban.node.people.models import Officer, Person

PURPOSE = issuers.types()[TITLE].purposes[0].key
LIST = "http://testserver/credentials/status/0"
Bundle = dict[str, Any]


def bundle() -> Bundle:
    """What the page loads while it has a network."""
    return dict(json.loads(Client().get("/verify/bundle.json").content))


def told(code: str, loaded: Bundle, at: datetime | None = None) -> Any:
    now = int((at or true_now()).timestamp() * 1000)
    (answer,) = ask("offline.mjs", [{"code": code, "bundle": loaded, "now": now}])  # type: ignore[misc]
    return answer


@pytest.fixture
def code(woman: Person, title: Issued) -> str:
    return showing.offline_code(woman, title.id, PURPOSE).text


def test_a_valid_code_shows_the_claims_of_its_purpose(code: str) -> None:
    found = read_offline_code(code, showing.known(), now=true_now())
    answer = told(code, bundle())
    assert (answer["verdict"], dict(answer["lines"])) == (Verdict.VALID, found.claims)


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
        lambda code: code[:-4] + code[-4:][::-1],
        lambda code: code + "A",
        lambda _code: "TB1:",
        lambda _code: "x",
    ],
)
def test_what_is_forged_or_broken_is_refused(code: str, forge: Callable[[str], str]) -> None:
    assert "refused" in told(forge(code), bundle())
