"""The page that verifies without an account says each of the seven verdicts in words, and shows no more."""

import dataclasses
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client

from tests.credentials_node.conftest import TITLE, use_key
from tests.reach import SAME_SQL
from tongban.credentials.verdict import VERDICT_SENTENCES, Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import copies, issuers, issuing, showing, verifier_pages
from tongban.node.credentials.models import Issued
from tongban.node.exchange import identity
from tongban.node.people.models import Officer, Person
from tongban.suites import Suite, new_signing_key

Break = Callable[[pytest.MonkeyPatch, Issued, Officer], None]


def suspend(_: pytest.MonkeyPatch, title: Issued, officer: Officer) -> None:
    issuing.change(title, Issued.State.SUSPENDED, officer, "核查")


def revoke(_: pytest.MonkeyPatch, title: Issued, officer: Officer) -> None:
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")


def pass_time(patch: pytest.MonkeyPatch, title: Issued, _: Officer) -> None:
    days = issuers.types()[title.vct].purposes[0].valid_days
    later = true_now() + timedelta(days=days + 1)
    patch.setattr(verifier_pages, "true_now", lambda: later)


def lose_lists(patch: pytest.MonkeyPatch, *_: object) -> None:
    patch.setattr(copies, "at_hand", lambda: {})


def forget_issuer(patch: pytest.MonkeyPatch, *_: object) -> None:
    use_key(patch, new_signing_key("another", Suite.ES256))


def trust_for_less(patch: pytest.MonkeyPatch, *_: object) -> None:
    me = identity.current()
    issues = tuple(
        entry.model_copy(update={"types": tuple(one for one in entry.types if one != TITLE)})
        for entry in me.directory.issues
    )
    bare = dataclasses.replace(me, directory=me.directory.model_copy(update={"issues": issues}))
    patch.setattr(identity, "current", lambda: bare)


def nothing(*_: object) -> None:
    """The code as it was made."""


CASES: list[tuple[Verdict, Break]] = [
    (Verdict.VALID, nothing),
    (Verdict.REVOKED, revoke),
    (Verdict.SUSPENDED, suspend),
    (Verdict.EXPIRED, pass_time),
    (Verdict.STATUS_STALE, lose_lists),
    (Verdict.UNKNOWN_ISSUER, forget_issuer),
    (Verdict.NOT_TRUSTED_FOR_TYPE, trust_for_less),
]
UNTRUSTED = {Verdict.UNKNOWN_ISSUER, Verdict.NOT_TRUSTED_FOR_TYPE}


def test_every_verdict_is_here() -> None:
    assert [verdict for verdict, _ in CASES] == list(Verdict)


@pytest.mark.parametrize(("verdict", "break_it"), CASES, ids=[verdict.value for verdict, _ in CASES])
@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=SAME_SQL)])
def test_the_page_says_the_verdict_and_what_the_holder_disclosed_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
    woman: Person,
    title: Issued,
    officer: Officer,
    verdict: Verdict,
    break_it: Break,
    language: str,
) -> None:
    code = showing.offline_code(woman, title.id, issuers.types()[TITLE].purposes[0].key).text
    break_it(monkeypatch, title, officer)
    counter = Client()
    counter.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = counter.post("/verify/", {"code": code})
    words, sentence = page.content.decode(), VERDICT_SENTENCES[verdict]
    assert (sentence.zh if language == "zh-hans" else sentence.en) in words
    assert [other.value for other in Verdict if f"verdict--{other.value}" in words] == [verdict.value]
    assert ("高级工程师" in words) is (verdict not in UNTRUSTED)
    assert woman.resident_id not in words
