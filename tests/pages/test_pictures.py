"""The pictures say in words what they draw, count what counts, and stay safe and valid."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime

import pytest
from django.utils.translation import override

from tests.pages.sample import EXPLANATION, LANES, RULERS
from tongban.node.pictures.ladder import reasons_ladder
from tongban.node.pictures.markup import element
from tongban.node.pictures.passage import Stop, passage_line
from tongban.node.pictures.ribbon import Lane, Spell, description, month_set, spell_ribbon
from tongban.node.pictures.sides import Card, Line, two_sides
from tongban.node.pictures.strip import Look, who_looked

SVG = "{http://www.w3.org/2000/svg}"


def parsed(markup: str) -> ET.Element:
    return ET.fromstring(f"<div>{markup}</div>")


def texts(markup: str) -> list[str]:
    return [text for text in parsed(markup).itertext() if text.strip()]


def test_ribbon_is_drawn_for_wide_and_for_narrow_screens() -> None:
    assert [svg.get("viewBox", "").split()[2] for svg in parsed(spell_ribbon(LANES, RULERS))] == [
        "860",
        "340",
    ]


def test_ribbon_tells_each_side_and_the_union() -> None:
    said = description(LANES, RULERS)
    assert "重庆：2003年4月至2012年12月，共 117 个月。" in said
    assert "成都：2012年11月至2026年10月，共 168 个月。" in said
    assert "合计 283 个月，其中重复的 2 个月只计一次。" in said


def test_ribbon_names_itself_to_screen_readers() -> None:
    for svg in parsed(spell_ribbon(LANES, RULERS)):
        ids = {part.get("id") for part in svg}
        assert set(svg.get("aria-labelledby", "").split()) <= ids


def test_ribbon_hatches_months_paid_on_both_sides() -> None:
    assert len(parsed(spell_ribbon(LANES, RULERS)).findall(".//rect[@class='ribbon__twice']")) == 2


def test_ribbon_leaves_gaps_open() -> None:
    lane = Lane("成都", "side-51", (Spell("2001-01", "2001-03"), Spell("2002-01", "2002-02")))
    svg = parsed(spell_ribbon([lane], []))[0]
    assert len(svg.findall("g/rect[@class='ribbon__bar']")) == 4


def test_ribbon_of_a_single_month_is_a_picture_too() -> None:
    lane = Lane("成都", "side-51", (Spell("2001-01", "2001-01"),))
    assert "1 个月" in "".join(texts(spell_ribbon([lane], [])))


def test_ribbon_without_months_is_nothing() -> None:
    assert spell_ribbon([Lane("成都", "side-51", ())], []) == ""


@pytest.mark.parametrize(("first", "last", "count"), [("2001-01", "2001-01", 1), ("2000-12", "2001-01", 2)])
def test_spells_include_both_ends(first: str, last: str, count: int) -> None:
    assert len(month_set([Spell(first, last)])) == count


def test_ladder_starts_with_the_decision() -> None:
    titles = [
        rung.findtext("summary") or "" for rung in parsed(reasons_ladder(EXPLANATION, ["eligible_510100"]))[0]
    ]
    assert titles[0].startswith("可在当地办理医保退休（成都市）")


def test_ladder_holds_every_step_once() -> None:
    rungs = parsed(reasons_ladder(EXPLANATION, ["eligible_510100"])).findall(".//details[@class='rung']")
    assert len(rungs) == len(EXPLANATION.steps)


def test_ladder_marks_the_unverified_step_before_it_is_opened() -> None:
    summaries = parsed(reasons_ladder(EXPLANATION, ["eligible_510100"])).findall(
        ".//details[@class='rung']/summary"
    )
    marked = [summary.text for summary in summaries if "mark--warn" in ET.tostring(summary, "unicode")]
    assert marked == ["要求的月数（成都市） ", "要求的月数（重庆市） "]


def test_ladder_tells_parameter_source_and_date() -> None:
    said = "".join(texts(reasons_ladder(EXPLANATION, ["eligible_510100"])))
    assert "自 2009年1月1日 起" in said
    assert "成都市人民政府令第154号" in said


def test_a_conclusion_rests_on_the_unverified_number_beneath_it() -> None:
    assert EXPLANATION.rests_on_unverified("eligible_510100")
    assert not EXPLANATION.rests_on_unverified("insured_months")


def test_card_sets_only_differences_in_bold() -> None:
    cards = [
        Card("在成都办", "side-51", (Line("您有", "283 个月"), Line("要求", "240 个月"))),
        Card("在重庆办", "side-50", (Line("您有", "283 个月"), Line("要求", "300 个月"))),
    ]
    assert [bold.text for bold in parsed(two_sides(cards)).findall(".//dd/strong")] == [
        "240 个月",
        "300 个月",
    ]


def test_cards_that_do_not_compare_the_same_things_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        two_sides([Card("a", "side-50", (Line("x", "1"),)), Card("b", "side-51", ())])


def test_passage_says_where_the_case_is() -> None:
    stops = [
        Stop("您提交", "side-51", "done"),
        Stop("重庆提供", "side-50", "now"),
        Stop("确认", "side-51", "next"),
    ]
    current = parsed(passage_line(stops)).findall(".//li[@aria-current='step']")
    assert ["".join(stop.itertext()) for stop in current] == ["正在进行：重庆提供"]


def test_strip_stacks_looks_of_one_day() -> None:
    looks = [Look(datetime(2026, 11, 3, hour, tzinfo=UTC), "重庆市医保局", "side-50") for hour in (1, 2)]
    dots = parsed(who_looked(looks))[0].findall("circle")
    assert len({dot.get("cx") for dot in dots}) == 1
    assert len({dot.get("cy") for dot in dots}) == 2


def test_strip_counts_days_as_both_sides_do() -> None:
    late = Look(datetime(2026, 11, 3, 20, tzinfo=UTC), "成都市医保局", "side-51")
    assert "2026年11月4日 04:00 成都市医保局" in "".join(texts(who_looked([late])))


def test_strip_of_no_looks_is_nothing() -> None:
    assert who_looked([]) == ""


def test_pictures_speak_english_too() -> None:
    with override("en"):
        assert "April 2003 to December 2012, 117 months" in description(LANES, RULERS)


def test_text_in_a_picture_is_escaped() -> None:
    assert element("text", "<script>", class_='"x') == '<text class="&quot;x">&lt;script&gt;</text>'


def test_reasons_fold_open_to_the_article_of_law() -> None:
    ladder = parsed(reasons_ladder(EXPLANATION, ["eligible_510100"]))
    folded = [fold for fold in ladder.iter("details") if "article" in fold.get("class", "")]
    assert folded
    assert "退休后不再缴纳基本医疗保险费" in "".join(folded[0].itertext())
    assert [words.get("lang") for words in folded[0].iter("blockquote")] == ["zh"]


def test_a_translated_article_says_that_the_chinese_text_decides() -> None:
    with override("en"):
        said = "".join(texts(reasons_ladder(EXPLANATION, ["eligible_510100"])))
    assert "pays no more after retirement" in said
    assert "the Chinese text decides" in said
