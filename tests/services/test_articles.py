"""A citation leads to the wording of the articles that it names, and to no other."""

import pytest
from pydantic import ValidationError

from tongban.services.articles import quoted_in, read

ACT = """
[[acts]]
names = ["某法"]
title = { zh = "某法", en = "Some Act" }
since = 2020-01-01
confidence = "medium"
[[acts.articles]]
number = "第一条"
zh = "为了某事。"
"""


def numbers(citation: str) -> list[str]:
    return [article.number for article in quoted_in(citation)]


@pytest.mark.parametrize(
    ("citation", "named"),
    [
        ("社会保险法第二十七条；统筹区规定", ["第二十七条"]),
        ("《中华人民共和国社会保险法》第三十二条：累计计算", ["第三十二条"]),
        ("工伤保险条例第三十五条、第三十七条", ["第三十五条", "第三十七条"]),
        ("国务院关于渐进式延迟法定退休年龄的办法第一条及附件1、2、3", ["第一条"]),
        ("社会保险法第三十二条；社会保险法第二十七条", ["第三十二条", "第二十七条"]),
        (
            "《工伤保险条例》（国务院令第586号）第三十五条至第三十七条：待遇",
            ["第三十五条", "第三十六条", "第三十七条"],
        ),
    ],
)
def test_named_articles_are_quoted_in_the_order_of_the_citation(citation: str, named: list[str]) -> None:
    assert numbers(citation) == named


@pytest.mark.parametrize(
    "citation",
    ["社会保险法第九十八条", "统筹区规定", "社会保险法；工伤保险条例的第三十五条", "某某办法第一条", ""],
)
def test_what_is_not_named_or_not_known_is_not_quoted(citation: str) -> None:
    assert numbers(citation) == []


@pytest.mark.parametrize(("citation", "number"), [("社会保险法第四十六条", 46), ("民法典第二百零二条", 202)])
def test_english_counts_articles_in_figures(citation: str, number: int) -> None:
    (article,) = quoted_in(citation)
    assert article.heading.en.endswith(f", article {number}")


def test_an_article_without_its_translation_is_refused_with_its_key() -> None:
    with pytest.raises(ValidationError, match=r"acts\.0\.articles\.0\.en"):
        read(ACT)


def test_an_article_may_be_less_sure_than_its_act() -> None:
    act = ACT + 'en = "For something."\n'
    assert read(act)["某法"]["第一条"].confidence == "medium"
    assert read(act + 'confidence = "low"\n')["某法"]["第一条"].confidence == "low"
