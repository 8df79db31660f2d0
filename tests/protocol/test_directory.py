"""The directory: signed, never going back, every reference leading somewhere."""

import base64
from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from tests.protocol.federation_of_two import FEDERATION_KEY, NOW, STRANGER_KEY, directory, text
from tongban import protocol
from tongban.protocol import Code, DirectoryError, Refused


def test_a_signed_directory_is_read_back_unchanged() -> None:
    document = protocol.sign_directory(directory(), FEDERATION_KEY)
    assert protocol.open_directory(document, FEDERATION_KEY.verifying_key) == directory()


def test_a_directory_signed_by_somebody_else_is_refused() -> None:
    forged = protocol.sign_directory(directory(), STRANGER_KEY)
    with pytest.raises(DirectoryError, match="no signature by an expected key"):
        protocol.open_directory(forged, FEDERATION_KEY.verifying_key)


def test_a_changed_directory_is_refused() -> None:
    document = protocol.SignedDocument.from_json(protocol.sign_directory(directory(), FEDERATION_KEY))
    payload = base64.b64decode(document.payload).replace(b"sichuan.example", b"villain.example")
    forged = document.model_copy(update={"payload": base64.b64encode(payload).decode()})
    with pytest.raises(DirectoryError, match="no signature"):
        protocol.open_directory(forged.to_json(), FEDERATION_KEY.verifying_key)


def test_an_older_directory_is_refused() -> None:
    document = protocol.sign_directory(directory(version=3), FEDERATION_KEY)
    with pytest.raises(DirectoryError, match="version 3 is older than version 4"):
        protocol.open_directory(document, FEDERATION_KEY.verifying_key, at_least=4)


@pytest.mark.parametrize("document", [b"", b"{}", b"null", b"\xff", b'{"payload": 1}'])
def test_a_file_that_is_no_directory_is_refused(document: bytes) -> None:
    with pytest.raises(DirectoryError, match="DSSE envelope"):
        protocol.open_directory(document, FEDERATION_KEY.verifying_key)


def rebuilt(**changes: object) -> protocol.Directory:
    known = {name: getattr(directory(), name) for name in protocol.Directory.model_fields}
    return protocol.Directory(**{**known, **changes})


def test_an_agency_of_an_unknown_node_is_refused() -> None:
    stray = protocol.AgencyEntry(code="stray", title=text("stray"), node="nowhere", place="510100")
    with pytest.raises(ValidationError, match="node nowhere is not in the directory"):
        rebuilt(agencies=(*directory().agencies, stray))


def test_an_agreement_over_an_unknown_field_is_refused() -> None:
    wide = directory().agreements[0].model_copy(update={"fields": ("wage",)})
    with pytest.raises(ValidationError, match="wage is not in the directory"):
        rebuilt(agreements=(wide,))


def test_a_node_listed_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="stands twice"):
        rebuilt(nodes=directory().nodes + directory().nodes)


def test_competence_of_a_city_follows_the_province_when_it_has_none_of_its_own() -> None:
    assert directory().holder("contribution-spells", "500112", date(2026, 11, 1)).code == "500000-yb"


def test_competence_starts_with_its_first_day() -> None:
    with pytest.raises(Refused) as caught:
        directory().handler("medical-retirement", "510100", date(2025, 12, 31))
    assert caught.value.code is Code.NOT_COVERED


def test_a_key_counts_between_its_dates_and_until_it_is_revoked() -> None:
    entry = directory().nodes[0].keys[0]
    assert entry.valid_at(NOW)
    assert not entry.valid_at(entry.not_after)
    assert not entry.valid_at(entry.not_before - timedelta(seconds=1))
    assert not entry.model_copy(update={"revoked_at": NOW}).valid_at(NOW)


def test_the_default_port_is_no_part_of_the_authority() -> None:
    node = directory().nodes[0]
    assert node.authority == "sichuan.example:8200"
    assert node.model_copy(update={"gateway_url": "https://x.example:443"}).authority == "x.example"
