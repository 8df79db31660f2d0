"""What a decision rests on is cited in the language of the page, with the original beside it."""

from django.utils import translation

from tongban.node.pictures.cited import cited

ORIGINAL = "国务院关于渐进式延迟法定退休年龄的办法第一条"


def test_an_english_page_cites_in_english_with_the_original() -> None:
    with translation.override("en"):
        shown = cited(ORIGINAL)
    assert shown == (
        "Measures of the State Council for Gradually Raising the Statutory Retirement Age, art. 1"
        f' (<span lang="zh">{ORIGINAL}</span>)'
    )


def test_a_chinese_page_cites_the_original_alone() -> None:
    with translation.override("zh-hans"):
        assert cited(ORIGINAL) == f'<span lang="zh">{ORIGINAL}</span>'


def test_what_has_no_english_is_cited_as_it_stands() -> None:
    with translation.override("en"):
        assert cited("某某办法") == '<span lang="zh">某某办法</span>'
