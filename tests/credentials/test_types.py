"""Credential types as data: what loads, and what a broken file is told."""

from pathlib import Path

import pytest

from tests.credentials.samples import NAMES, kind, registry
from tongban import services
from tongban.credentials.types import FILE, TypeFileError, TypeRegistry, load_type
from tongban.credentials.types.definition import Source

ROOT = Path(services.__file__).parent
TITLE = (ROOT / "professional_title" / FILE).read_text(encoding="utf-8")


def test_the_nine_types_are_there() -> None:
    assert {vct.split("/")[-2] for vct in registry()} >= set(NAMES)
    assert len(NAMES) == 9


@pytest.mark.parametrize("name", NAMES)
def test_every_type_says_where_its_list_of_claims_comes_from(name: str) -> None:
    assert kind(name).sources


@pytest.mark.parametrize(
    ("name", "claim", "confidence"),
    [
        ("electronic-id", "ethnic_group", "medium"),
        ("electronic-id", "age_over_18", "low"),
        ("elderly-ability", "total", "high"),
        ("learning-credits", "account", None),
    ],
)
def test_a_claim_is_as_sure_as_the_surest_source_that_names_it(
    name: str, claim: str, confidence: str | None
) -> None:
    found = kind(name).claim((claim,))
    assert found is not None
    source = kind(name).source_of(found)
    assert (source.confidence if source else None) == confidence
    assert (found in kind(name).unverified) == (confidence in {None, "low"})


def test_a_type_is_verified_only_with_a_sure_source_for_every_claim() -> None:
    ability = kind("elderly-ability")
    every = tuple(claim.name for claim in ability.claims)
    sure = Source(text=ability.sources[0].text, confidence="high", claims=every)
    assert ability.model_copy(update={"sources": (sure,)}).is_verified
    assert not ability.model_copy(update={"sources": ability.sources[:1]}).is_verified


@pytest.mark.parametrize("name", NAMES)
def test_every_type_can_be_compared_with_the_person_who_shows_its_code(name: str) -> None:
    for purpose in kind(name).purposes:
        shown = set(purpose.claims)
        assert shown >= {("name",), ("id_tail",)} or shown >= {("subject",), ("subject_code",)}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("code = 3", "code = 0", "code"),
        ('kind = "month"', 'kind = "moon"', "claims.2.kind"),
        ('path = ["series"]', 'path = ["name"]', "every path once"),
        ('path = ["series"]', 'path = ["exp"]', "does not write itself"),
        ('path = ["series"]', 'path = ["a", "b"]', "object around it"),
        ('claims = [["name"]', 'claims = [["nome"]', "purposes.title"),
        ("valid_days = 1095", "", "valid_days"),
        ("professional-title/1", "professional-title", "vct"),
        ("since =", "sinze =", "since"),
        ('claims = ["level"]', 'claims = ["nome"]', "not nome"),
        ("[", "{", FILE),
    ],
)
def test_a_broken_file_is_told_with_its_name_and_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in TITLE
    path = tmp_path / "professional_title" / FILE
    path.parent.mkdir()
    path.write_text(TITLE.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TypeFileError, match=r"professional_title/credential\.toml") as caught:
        load_type(path)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "vct",
    [
        "https://tongban.example/credentials/professional-title/1",
        "https://tongban.example/credentials/professiona1-title/1",
        "https://tongban.example/credentials/profess1onal-title/1",
    ],
)
def test_types_that_look_alike_cannot_both_be_registered(vct: str) -> None:
    other = kind().model_copy(update={"vct": vct, "code": 999})
    with pytest.raises(TypeFileError, match="unlike"):
        TypeRegistry([kind(), other])


def test_two_types_cannot_have_the_same_number() -> None:
    other = kind("electronic-id").model_copy(update={"code": kind().code})
    with pytest.raises(TypeFileError, match="number of its own"):
        TypeRegistry([kind(), other])
