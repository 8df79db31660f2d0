"""The search finds what people mean, however they write it, and says why."""

import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.pages.english import chinese_left_over
from tests.pages.test_portal import page
from tongban.node.portal.search import Document, find
from tongban.node.portal.search.finding import Way
from tongban.node.portal.search.words import query_words
from tongban.services import Service, Text

RETIREMENT = Document(
    "medical-retirement",
    Text(zh="职工医保缴费年限互认与医保退休", en="Medical insurance years and retirement"),
    (Text(zh="看您在哪一边可以不再缴费。", en="Finds where you may stop paying."),),
)
FUND = Document("housing-fund-loan", Text(zh="住房公积金互认互贷", en="Housing fund loan"))
UNEMPLOYMENT = Document("unemployment-transfer", Text(zh="失业保险关系转移接续", en="Unemployment transfer"))
ALL = (RETIREMENT, FUND, UNEMPLOYMENT)


@pytest.mark.parametrize(
    ("query", "code", "way"),
    [
        ("医保退休", "medical-retirement", Way.NAME),
        ("醫保退休", "medical-retirement", Way.NAME),
        ("怎么办理医疗保险", "medical-retirement", Way.SYNONYM),
        ("失业金", "unemployment-transfer", Way.SYNONYM),
        ("yibao", "medical-retirement", Way.PINYIN),
        ("gongjijin", "housing-fund-loan", Way.PINYIN),
        ("YiBaoTui", "medical-retirement", Way.PINYIN),
        ("gjj", "housing-fund-loan", Way.INITIALS),
        ("ｇｊｊ", "housing-fund-loan", Way.INITIALS),
        ("yiliaobaoxian", "medical-retirement", Way.PINYIN),
        ("ylbx", "medical-retirement", Way.INITIALS),
        ("gonjijin", "housing-fund-loan", Way.TYPING_ERROR),
        ("retirment", "medical-retirement", Way.TYPING_ERROR),
        ("retire", "medical-retirement", Way.NAME),
        ("医宝", "medical-retirement", Way.SAME_SOUND),
        ("公鸡金", "housing-fund-loan", Way.SAME_SOUND),
        ("不再缴费", "medical-retirement", Way.GUIDE),
    ],
)
def test_what_people_type_finds_the_service_and_says_how(query: str, code: str, way: Way) -> None:
    found = find(ALL, query)
    assert found[0].document.code == code
    assert way in {match.way for match in found[0].matches}


@pytest.mark.parametrize("query", ["xyzzy", "量子力学", "的", "", "<script>", "%", "1'; drop table"])
def test_what_has_nothing_to_do_with_any_service_finds_none(query: str) -> None:
    assert find(ALL, query) == []


def test_an_exact_name_comes_before_another_word_for_it() -> None:
    exact = Document("exact", Text(zh="失业金申领", en="x"))
    assert find((UNEMPLOYMENT, exact), "失业金")[0].document is exact


def test_initials_are_those_of_words_and_not_of_what_stands_across_two() -> None:
    assert [one.document for one in find(ALL, "yb")] == [RETIREMENT]
    within = Document("within", Text(zh="参保凭证（职工医保）", en="x"))
    assert find([within], "yb") != []


def test_a_query_is_cut_into_words_without_those_that_say_nothing() -> None:
    assert query_words("我想办理医疗保险转移") == ["医疗保险", "转移"]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_no_query_whatever_makes_the_search_fail(query: str) -> None:
    find(ALL, query)


@pytest.mark.django_db
def test_the_page_works_without_scripts_and_says_why(client: Client, published: Service) -> None:
    shown = page(client, "/search/?q=yibao")
    assert "找到 3 个事项" in shown
    assert '拼音<q>yibao</q>是<q lang="zh">医保</q>' in shown
    assert 'href="/services/medical-retirement/"' in shown


@pytest.mark.django_db
def test_a_service_that_is_not_open_yet_is_said_to_be_planned(client: Client, published: Service) -> None:
    shown = page(client, "/search/?q=公积金")
    assert "还没有开通" in shown
    assert 'href="/plan/D4/"' in shown


@pytest.mark.django_db
def test_a_search_that_finds_nothing_says_what_to_try(client: Client, published: Service) -> None:
    assert "换一个说法试试" in page(client, "/search/?q=xyzzy")


@pytest.mark.django_db
def test_while_typing_only_the_results_are_sent(client: Client, published: Service) -> None:
    response = client.get("/search/?q=yibao", headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "医保" in response.content.decode()
    assert "HX-Request" in response.headers["Vary"]


@pytest.mark.django_db
def test_what_is_typed_is_shown_escaped(client: Client, published: Service) -> None:
    shown = page(client, "/search/", 200) + page(client, "/search/?q=%3Cscript%3Ealert(1)")
    assert "<script>alert" not in shown


@pytest.mark.django_db
def test_english_results_mark_the_chinese_words_they_quote(client: Client, published: Service) -> None:
    client.get("/language/en/?next=/")
    assert chinese_left_over(page(client, "/search/?q=yibao")) == []
