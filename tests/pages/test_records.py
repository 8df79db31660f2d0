"""Fields as people read them: called as their own type of evidence calls them."""

from dataclasses import replace

import pytest

from tongban.node.exchange import identity
from tongban.node.portal.names import field_names
from tongban.protocol import EvidenceType


def test_fields_of_one_name_are_called_as_the_service_calls_them(monkeypatch: pytest.MonkeyPatch) -> None:
    known = identity.current()

    def kind(name: str, title: str) -> EvidenceType:
        told = {"zh": title, "en": title}
        field = {"name": "decision_number", "title": told, "type": "text"}
        return EvidenceType.model_validate(
            {"name": name, "title": told, "shape": "records", "fields": (field,)}
        )

    both = (kind("penalties", "处罚决定书编号"), kind("injuries", "工伤认定决定书编号"))
    directory = known.directory.model_copy(update={"evidence_types": both})
    monkeypatch.setattr(identity, "current", lambda: replace(known, directory=directory))
    assert field_names(["decision_number"], ("penalties",)) == "处罚决定书编号"
    assert field_names(["decision_number"], ("injuries",)) == "工伤认定决定书编号"
