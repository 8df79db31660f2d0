"""A case that has ended is rated once, without a name; everybody sees the figures, nobody a person."""

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.english import chinese_left_over
from tests.pages.test_portal import decided, page, signed_in
from tongban.node.casework.models import Case, Rating
from tongban.node.casework.ratings import FEWEST_SHOWN
from tongban.node.clock import today
from tongban.services import Service

__all__ = ["decided", "signed_in"]


@pytest.mark.django_db
def test_a_decided_case_offers_to_be_rated_and_thanks_once_it_is(signed_in: Client, decided: Case) -> None:
    address = f"/cases/{decided.number}/rating/"
    assert address in page(signed_in, f"/cases/{decided.number}/")
    page(signed_in, address)
    signed_in.post(address, {"grade": "5", "words": "很快"})
    assert "您的评价：非常满意" in page(signed_in, address)
    assert address not in page(signed_in, f"/cases/{decided.number}/")


@pytest.mark.django_db
def test_a_rating_sent_twice_counts_once_and_the_page_says_so(signed_in: Client, decided: Case) -> None:
    address = f"/cases/{decided.number}/rating/"
    signed_in.post(address, {"grade": "5"})
    again = signed_in.post(address, {"grade": "1"})
    assert again.status_code == 409
    assert "每个办件只评价一次" in again.content.decode()
    assert [rating.grade for rating in Rating.objects.all()] == [5]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "请选择五个等级"),
        ({"grade": "9"}, "请选择五个等级"),
        ({"grade": "5", "words": "字" * 501}, "最多 500 字"),
    ],
)
def test_an_unusable_rating_is_refused_with_what_to_do(
    signed_in: Client, decided: Case, sent: dict[str, str], said: str
) -> None:
    response = signed_in.post(f"/cases/{decided.number}/rating/", sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Rating.objects.exists()


@pytest.mark.django_db
def test_a_case_on_its_way_cannot_be_rated_yet(signed_in: Client, walk: Walk) -> None:
    case = walk.submitted()
    assert "办结以后才能评价" in page(signed_in, f"/cases/{case.number}/rating/")
    assert signed_in.post(f"/cases/{case.number}/rating/", {"grade": "5"}).status_code == 409


def rated(count: int, first: int = 0) -> None:
    Rating.objects.bulk_create(
        Rating(
            token=f"{number:064}",
            service="medical-retirement",
            agency="510100-yb",
            grade=5 if number else 1,
            rated_on=today(),
        )
        for number in range(first, first + count)
    )


@pytest.mark.django_db
def test_figures_are_public_and_grades_are_shown_only_when_there_are_enough(
    client: Client, published: Service
) -> None:
    rated(FEWEST_SHOWN - 1)
    few = page(client, "/ratings/")
    assert "4 次评价" in few
    assert "非常满意" not in few
    rated(1, first=FEWEST_SHOWN - 1)
    enough = page(client, "/ratings/")
    assert "基本满意以上 80%" in enough
    assert "平均 4.2 分" in enough
    assert "5 次评价" in page(client, "/services/medical-retirement/")


@pytest.mark.django_db
def test_rating_pages_are_whole_in_english(signed_in: Client, decided: Case) -> None:
    rated(FEWEST_SHOWN)
    signed_in.get("/language/en/?next=/")
    for address in ("/ratings/", f"/cases/{decided.number}/rating/"):
        assert chinese_left_over(page(signed_in, address)) == []
