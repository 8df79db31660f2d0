"""Credentials of the nine types: issued, shown, and the verdict on them."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.credentials import samples
from tests.credentials.forging import b64, digest, disclosure
from tests.credentials.samples import (
    CLAIMS,
    ISSUER,
    LIST,
    NAMES,
    NOW,
    issuer_key,
    kind,
    known,
    trust,
    trusted,
)
from tongban.credentials import Code, CredentialRefused, sdjwt
from tongban.credentials.base64url import decode
from tongban.credentials.sdjwt import Frame, Held, KeyBinding
from tongban.credentials.status import Status, StatusReference
from tongban.credentials.vc import (
    Known,
    Slot,
    Verification,
    integrity,
    issue_batch,
    issue_credential,
    read_metadata,
    type_metadata,
    verify_credential,
)
from tongban.credentials.verdict import VERDICT_SENTENCES, Verdict
from tongban.suites import Suite, new_signing_key


def verification(
    compact: str,
    with_knowledge: Known | None = None,
    *,
    now: datetime = NOW,
    key_binding: KeyBinding | None = None,
    accepted: frozenset[str] | None = None,
) -> Verification:
    return verify_credential(
        compact, with_knowledge or known(), now=now, key_binding=key_binding, accepted=accepted
    )


def refused(compact: str, *, accepted: frozenset[str] | None = None) -> Code:
    with pytest.raises(CredentialRefused) as caught:
        verification(compact, accepted=accepted)
    return caught.value.code


def hand_signed(payload: Mapping[str, object], *disclosures: str, typ: str = "dc+sd-jwt") -> str:
    """What the issuer's key signs when the library is gone around."""
    members = {"iss": ISSUER, "vct": kind().vct, "iat": int(NOW.timestamp()), **payload}
    compact = sdjwt.issue({"x": 1}, Frame(), issuer_key(), typ=typ)
    header = compact.split(".")[0]
    signed = f"{header}.{b64(json.dumps(members).encode())}"
    return "~".join([f"{signed}.{b64(issuer_key().sign(signed.encode()))}", *disclosures, ""])


STATUS = StatusReference(LIST, 7).to_claim()
TYPES = Path(__file__).parent / "vectors" / "sd_jwt_vc_types.json"
METADATA_EXAMPLES = json.loads(TYPES.read_text(encoding="utf-8"))["examples"]


@pytest.mark.parametrize("name", NAMES)
def test_every_type_is_issued_and_verified_with_all_its_claims(name: str) -> None:
    found = verification(samples.issued(name))
    assert found.verdict is Verdict.VALID
    assert {claim: found.claims[claim] for claim in CLAIMS[name]} == CLAIMS[name]
    assert found.status_as_of == NOW


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_chosen_is_not_shown(name: str) -> None:
    found = verification(Held.of(samples.issued(name)).present([]))
    always = {claim.path[0] for claim in kind(name).claims if claim.disclosure == "always"}
    assert found.claims.keys() & CLAIMS[name].keys() == always
    assert found.verdict is Verdict.VALID


@pytest.mark.parametrize("suite", list(Suite))
def test_every_suite_issues_credentials(suite: Suite) -> None:
    compact = samples.issued(key=issuer_key(suite))
    found = verification(compact, known(trust=trust(trusted(suite))))
    assert found.verdict is Verdict.VALID or found.verdict is Verdict.STATUS_STALE
    assert found.claims["title"] == "高级工程师"


def test_the_holder_proves_to_be_there() -> None:
    holder = new_signing_key("holder", Suite.ES256)
    shown = Held.of(samples.issued(holder=holder.verifying_key)).present_bound(
        [("title",)], holder, audience="https://v.example", nonce="abc", now=NOW
    )
    found = verification(shown, key_binding=KeyBinding("https://v.example", "abc"))
    assert (found.verdict, found.key_bound) == (Verdict.VALID, True)


def test_a_revoked_credential_is_told_as_revoked() -> None:
    assert verification(samples.issued(), known((7, Status.INVALID))).verdict is Verdict.REVOKED


def test_a_suspended_credential_is_told_as_suspended() -> None:
    assert verification(samples.issued(), known((7, Status.SUSPENDED))).verdict is Verdict.SUSPENDED


def test_an_expired_credential_is_told_as_expired() -> None:
    old = samples.issued(now=NOW - timedelta(days=1200))
    long_ago = trust(trusted(valid_from=NOW - timedelta(days=2000)))
    assert verification(old, known(trust=long_ago)).verdict is Verdict.EXPIRED


def test_a_stale_status_is_told_as_stale() -> None:
    assert verification(samples.issued(), now=NOW + timedelta(days=1)).verdict is Verdict.STATUS_STALE


def test_a_missing_list_is_told_as_stale() -> None:
    assert verification(samples.issued(), known(lists={})).verdict is Verdict.STATUS_STALE


def test_a_stale_trust_list_is_told_as_stale() -> None:
    stale = trust(fresh_until=NOW - timedelta(seconds=1))
    assert verification(samples.issued(), known(trust=stale)).verdict is Verdict.STATUS_STALE


def test_an_unknown_issuer_is_told_and_its_claims_are_not_shown() -> None:
    elsewhere = trust(trusted(issuer="https://other.example"))
    found = verification(samples.issued(), known(trust=elsewhere))
    assert (found.verdict, dict(found.claims)) == (Verdict.UNKNOWN_ISSUER, {})


def test_an_issuer_that_may_not_issue_the_type_is_told_and_its_claims_are_not_shown() -> None:
    limited = trust(trusted(types=frozenset({kind("electronic-id").vct})))
    found = verification(samples.issued(), known(trust=limited))
    assert (found.verdict, dict(found.claims)) == (Verdict.NOT_TRUSTED_FOR_TYPE, {})


def test_a_revoked_issuer_key_counts_for_nothing_however_early_it_signed() -> None:
    revoked = trust(trusted(revoked_at=NOW))
    assert verification(samples.issued(), known(trust=revoked)).verdict is Verdict.UNKNOWN_ISSUER


def test_a_retired_key_still_counts_for_what_it_signed_in_time() -> None:
    retired = trust(trusted(valid_until=NOW - timedelta(days=10)))
    earlier = samples.issued(now=NOW - timedelta(days=20))
    assert verification(earlier, known(trust=retired)).verdict is Verdict.VALID
    assert verification(samples.issued(), known(trust=retired)).verdict is Verdict.UNKNOWN_ISSUER


def test_another_issuers_key_cannot_sign_in_this_ones_name() -> None:
    thief = new_signing_key(issuer_key().keyid, Suite.ES256)
    assert refused(samples.issued(key=thief)) is Code.BAD_SIGNATURE


@pytest.mark.parametrize(
    "vct",
    [
        "https://tongban.example/credentials/professional-title/1/",
        "https://tongban.example/credentials/Professional-title/1",
        "https://tongban.example/credentials/professional_title/1",
        "https://tongban.example/credentials/professionaI-title/1",
        "https://tongban.example/credentials/professiоnal-title/1",
        "https://tongban.example/credentials/professional-title/2",
        "https://tongban.example//credentials/professional-title/1",
        "professional-title",
        "",
        None,
        7,
    ],
)
def test_a_look_alike_type_is_refused(vct: object) -> None:
    assert refused(hand_signed({"vct": vct, "status": STATUS})) is Code.UNKNOWN_TYPE


def test_another_type_than_the_one_asked_for_is_refused() -> None:
    wanted = frozenset({kind("electronic-id").vct})
    assert refused(samples.issued(), accepted=wanted) is Code.WRONG_TYPE


def test_credentials_from_before_november_2024_are_read() -> None:
    compact = hand_signed({"status": STATUS, "authority": "x"}, typ="vc+sd-jwt")
    assert verification(compact).verdict is Verdict.VALID


@pytest.mark.parametrize("typ", ["JWT", "kb+jwt", "statuslist+jwt", "dc+sd-jwt2", None])
def test_another_typ_is_refused(typ: str) -> None:
    assert refused(hand_signed({"status": STATUS}, typ=typ)) is Code.WRONG_TYPE


@pytest.mark.parametrize("name", ["iss", "nbf", "exp", "cnf", "vct#integrity", "status", "aud"])
def test_a_claim_that_controls_validity_cannot_be_disclosed(name: str) -> None:
    text = disclosure("salt", name, {"jwk": {}} if name == "cnf" else 1)
    payload = {"status": STATUS, "_sd": [digest(text)]}
    if name == "status":
        del payload["status"]
    if name == "iss":
        payload["iss"] = ISSUER
        assert refused(hand_signed(payload, text)) is Code.CLAIM_COLLISION
    else:
        assert refused(hand_signed(payload, text)) is Code.RESERVED_NAME


def test_a_credential_without_the_status_its_type_demands_is_refused() -> None:
    assert refused(hand_signed({})) is Code.CLAIM_MISSING


@pytest.mark.parametrize(
    "claims",
    [
        {"level": "very-senior"},
        {"obtained_on": "2023-02-30"},
        {"obtained_on": 5},
        {"title": "x" * 31},
        {"title": "a\nb"},
        {"title": ""},
        {"surprise": "x"},
        {"birth_month": "1985-13"},
    ],
)
def test_claims_of_the_wrong_kind_are_neither_issued_nor_shown(claims: dict[str, object]) -> None:
    assert refused(hand_signed({"status": STATUS, **claims})) is Code.MALFORMED
    with pytest.raises(CredentialRefused):
        issue_credential(
            kind(),
            CLAIMS["professional-title"] | claims,
            Slot(None, StatusReference(LIST, 1)),
            issuer=ISSUER,
            key=issuer_key(),
            now=NOW,
        )


def test_a_required_claim_is_not_left_out() -> None:
    claims = {name: value for name, value in CLAIMS["professional-title"].items() if name != "title"}
    with pytest.raises(CredentialRefused) as caught:
        issue_credential(
            kind(), claims, Slot(None, StatusReference(LIST, 1)), issuer=ISSUER, key=issuer_key(), now=NOW
        )
    assert (caught.value.code, caught.value.where) == (Code.CLAIM_MISSING, "title")


def batch(count: int = 3) -> list[str]:
    holders = [new_signing_key(f"h{number}", Suite.ES256).verifying_key for number in range(count)]
    slots = [Slot(holder, StatusReference(LIST, number)) for number, holder in enumerate(holders)]
    return issue_batch(kind(), CLAIMS["professional-title"], slots, issuer=ISSUER, key=issuer_key(), now=NOW)


def payloads(compacts: list[str]) -> list[dict[str, object]]:
    return [json.loads(decode(compact.split(".")[1].encode(), "payload")) for compact in compacts]


def digests(payload: dict[str, object]) -> list[str]:
    found = payload["_sd"]
    assert isinstance(found, list)
    return found


def test_two_credentials_of_a_batch_have_nothing_in_common_that_is_theirs_alone() -> None:
    first, second = payloads(batch(2))
    common = {name for name in first if first[name] == second[name]}
    assert common == {"iss", "vct", "vct#integrity", "iat", "exp", "_sd_alg", "authority"}
    assert not set(digests(first)) & set(digests(second))


def test_times_are_those_of_the_day_so_that_they_link_nothing() -> None:
    assert payloads(batch(1))[0]["iat"] == int(NOW.replace(hour=0).timestamp())


def test_the_number_of_digests_does_not_tell_which_claims_there_are() -> None:
    without = {n: v for n, v in CLAIMS["professional-title"].items() if n not in {"employer", "committee"}}
    slot = Slot(None, StatusReference(LIST, 1))
    compacts = [
        issue_credential(kind(), claims, slot, issuer=ISSUER, key=issuer_key(), now=NOW)
        for claims in (without, CLAIMS["professional-title"])
    ]
    assert len({len(digests(payload)) for payload in payloads(compacts)}) == 1


def test_a_batch_that_shares_keys_or_entries_is_not_issued() -> None:
    holder = new_signing_key("h", Suite.ES256).verifying_key
    other = new_signing_key("o", Suite.ES256).verifying_key
    entry = StatusReference(LIST, 1)
    for slots in (
        [Slot(holder, entry), Slot(holder, StatusReference(LIST, 2))],
        [Slot(holder, entry), Slot(other, entry)],
    ):
        with pytest.raises(ValueError, match="of its own"):
            issue_batch(kind(), CLAIMS["professional-title"], slots, issuer=ISSUER, key=issuer_key(), now=NOW)


def test_type_metadata_names_everything_in_three_languages() -> None:
    document = json.loads(type_metadata(kind()))
    assert [entry["locale"] for entry in document["display"]] == ["zh-CN", "zh-TW", "en"]
    assert document["display"][1]["name"] == "專業技術職稱證書"
    assert all(len(claim["display"]) == 3 for claim in document["claims"])


def test_a_credential_says_the_hash_of_its_type_metadata() -> None:
    payload = payloads([samples.issued()])[0]
    names = read_metadata(type_metadata(kind()), kind().vct, str(payload["vct#integrity"]))
    assert names["en"] == "Professional title certificate"


def test_type_metadata_that_was_changed_or_is_another_types_is_refused() -> None:
    document = type_metadata(kind())
    with pytest.raises(CredentialRefused):
        read_metadata(document + b" ", kind().vct, integrity(document))
    with pytest.raises(CredentialRefused):
        read_metadata(document, kind("electronic-id").vct)


def test_type_metadata_of_older_drafts_is_read() -> None:
    older = json.dumps({"vct": "a", "display": [{"lang": "en", "name": "Diploma"}]}).encode()
    assert read_metadata(older, "a") == {"en": "Diploma"}


@pytest.mark.parametrize("example", METADATA_EXAMPLES, ids=lambda example: str(example["of"]))
def test_the_drafts_examples_of_type_metadata_are_read(example: dict[str, Any]) -> None:
    document = json.dumps(example["document"], ensure_ascii=False).encode()
    names = read_metadata(document, example["document"]["vct"], integrity(document))
    assert names == example["names"]


def test_every_verdict_has_its_sentence() -> None:
    assert set(VERDICT_SENTENCES) == set(Verdict)
