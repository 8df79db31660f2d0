"""Keys follow one another with overlap, are revoked at a moment, and sign only what they are for."""

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from tests.protocol.federation_of_two import (
    FEDERATION_KEY,
    NOW,
    SICHUAN_KEY,
    STRANGER_KEY,
    Delivery,
    deliver,
    directory,
    question,
    text,
)
from tongban import protocol
from tongban.protocol import Code, Directory, DirectoryForged, KeyEntry, KeyUse, Refused, Suite

HOUR = timedelta(hours=1)
NEXT_KEY = protocol.new_signing_key("sichuan-2027", Suite.SM2)
OLD = directory().node("sichuan").keys[0]
NEXT = protocol.key_entry(NEXT_KEY, NOW - HOUR, NOW + 500 * HOUR)


def listing(*keys: KeyEntry) -> Directory:
    known = directory()
    sichuan = known.node("sichuan").model_copy(update={"keys": keys})
    others = tuple(node for node in known.nodes if node.id != "sichuan")
    return known.model_copy(update={"nodes": (sichuan, *others)})


def arrives(sent: Delivery, known: Directory, at: datetime = NOW) -> None:
    protocol.authenticate(sent.request, known, "chongqing", now=at)


def refused(sent: Delivery, known: Directory, at: datetime = NOW) -> Refused:
    with pytest.raises(Refused) as caught:
        arrives(sent, known, at)
    return caught.value


def test_while_two_keys_overlap_messages_of_both_count() -> None:
    known = listing(OLD.model_copy(update={"not_after": NOW + HOUR}), NEXT)
    arrives(deliver(), known)
    arrives(deliver(key=NEXT_KEY), known)


def test_after_the_overlap_only_the_new_key_counts() -> None:
    known, later = listing(OLD.model_copy(update={"not_after": NOW + HOUR}), NEXT), NOW + 2 * HOUR
    arrives(deliver(key=NEXT_KEY, at=later), known, later)
    assert refused(deliver(at=later), known, later).hint == "the key is no longer valid"


def test_from_the_moment_of_revocation_on_no_message_counts() -> None:
    known = listing(OLD.model_copy(update={"revoked_at": NOW}))
    said = refused(deliver(at=NOW - timedelta(seconds=1)), known)
    assert (said.code, said.hint) == (Code.UNKNOWN_KEY, "the key was revoked")


def test_a_record_of_before_the_revocation_still_verifies() -> None:
    received_at = NOW - HOUR
    known = listing(OLD.model_copy(update={"revoked_at": NOW}))
    arrives(deliver(at=received_at), known, received_at)


def test_a_key_that_is_not_valid_yet_does_not_count() -> None:
    known = listing(OLD, NEXT.model_copy(update={"not_before": NOW + HOUR}))
    assert refused(deliver(key=NEXT_KEY), known).hint == "the key is not valid yet"


@pytest.mark.parametrize("use", [KeyUse.LOG, KeyUse.CREDENTIAL])
def test_a_key_for_something_else_signs_no_message(use: KeyUse) -> None:
    known = listing(OLD, NEXT.model_copy(update={"use": use}))
    assert refused(deliver(key=NEXT_KEY), known).hint == f"the key is for {use.value}"
    assert known.key_at("sichuan-2027", NOW, use).public_key == NEXT_KEY.public_key


def test_a_key_of_another_node_signs_no_message_of_this_one() -> None:
    known = directory().model_copy(update={"nodes": ()})
    chongqing = directory().node("chongqing")
    both = known.model_copy(
        update={
            "nodes": (
                directory().node("sichuan").model_copy(update={"keys": (NEXT,)}),
                chongqing.model_copy(update={"keys": (*chongqing.keys, OLD)}),
            )
        }
    )
    assert refused(deliver(), both).hint == "the key belongs to another node"


def test_a_key_whose_end_comes_before_its_beginning_is_no_entry() -> None:
    with pytest.raises(ValidationError, match="not_after must come after not_before"):
        protocol.key_entry(SICHUAN_KEY, NOW, NOW - HOUR)


def test_a_copy_of_a_directory_finds_its_own_keys() -> None:
    known = directory()
    assert known.key_at("sichuan-2026", NOW).public_key == SICHUAN_KEY.public_key
    emptied = known.model_copy(update={"nodes": ()})
    with pytest.raises(Refused):
        emptied.key_at("sichuan-2026", NOW)


SUCCESSOR = protocol.new_signing_key("federation-2027")


def announcing(*entries: KeyEntry) -> Directory:
    return directory().model_copy(update={"federation_keys": entries})


def test_a_successor_that_the_directory_announces_may_sign_the_next_version() -> None:
    known = announcing(protocol.key_entry(SUCCESSOR, NOW - HOUR, NOW + 500 * HOUR))
    trusted = protocol.signers(known, FEDERATION_KEY.verifying_key, NOW)
    following = protocol.sign_directory(directory(version=2), SUCCESSOR)
    assert protocol.open_directory(following, trusted, at_least=1).version == 2
    with pytest.raises(DirectoryForged):
        protocol.open_directory(following, FEDERATION_KEY.verifying_key)


def test_a_federation_key_that_the_directory_revokes_signs_no_more() -> None:
    own = protocol.key_entry(FEDERATION_KEY, NOW - HOUR, NOW + 500 * HOUR)
    known = announcing(
        own.model_copy(update={"revoked_at": NOW}),
        protocol.key_entry(SUCCESSOR, NOW - HOUR, NOW + 500 * HOUR),
    )
    trusted = protocol.signers(known, FEDERATION_KEY.verifying_key, NOW)
    with pytest.raises(DirectoryForged):
        protocol.open_directory(protocol.sign_directory(directory(version=2), FEDERATION_KEY), trusted)


def test_a_directory_may_bear_two_signatures_of_which_one_is_enough() -> None:
    document = protocol.sign_directory(directory(), STRANGER_KEY, FEDERATION_KEY)
    assert protocol.open_directory(document, FEDERATION_KEY.verifying_key) == directory()


ARTICLE = text("article 12")


def citing(article: protocol.Text) -> Delivery:
    return deliver(protocol.encode(question(legal_basis=protocol.StatuteBasis(citation=article))))


def test_a_question_may_cite_only_a_statute_that_the_agreement_names() -> None:
    agreement = directory().agreements[0]
    by_statute = agreement.model_copy(update={"legal_bases": ("statute",), "statutes": (ARTICLE,)})
    known = directory().model_copy(update={"agreements": (by_statute,)})
    for article, is_named in ((ARTICLE, True), (text("article 13"), False)):
        message = protocol.authenticate(citing(article).request, known, "chongqing", now=NOW).message
        if is_named:
            assert protocol.authorise(message, known, now=NOW) == by_statute
            continue
        with pytest.raises(Refused) as caught:
            protocol.authorise(message, known, now=NOW)
        assert (caught.value.code, caught.value.path) == (Code.NOT_COVERED, "legal_basis.citation")


def test_an_agreement_that_lists_statute_as_a_basis_names_the_articles() -> None:
    members = directory().agreements[0].model_dump() | {"legal_bases": ("statute",)}
    with pytest.raises(ValidationError, match="names the articles"):
        protocol.Agreement.model_validate(members)
