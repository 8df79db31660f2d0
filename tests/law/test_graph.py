"""The picture of a decision."""

from datetime import date
from xml.etree import ElementTree

from tongban.law import RuleSet
from tongban.law.graph import svg

ON = date(2026, 6, 30)
SVG = "{http://www.w3.org/2000/svg}"


def test_every_rule_and_used_fact_has_a_box(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    explanation = ruritania.explain(clerk, ON)
    picture = ElementTree.fromstring(svg(explanation))
    facts = {name for one in explanation.taken for name in one.rule.facts}
    assert len(picture.findall(f"{SVG}g")) == len(explanation.taken) + len(facts)


def test_every_use_has_a_line(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    explanation = ruritania.explain(clerk, ON)
    uses = sum(len(one.rule.facts) + len(one.rule.rules) for one in explanation.taken)
    assert len(ElementTree.fromstring(svg(explanation)).findall(f"{SVG}path")) == uses


def test_it_needs_no_style_or_script(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    picture = svg(ruritania.explain(clerk, ON), "en")
    assert "style=" not in picture
    assert "<script" not in picture


def test_titles_are_in_the_language_asked_for(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    explanation = ruritania.explain(clerk, ON)
    assert "months worked" in svg(explanation, "en")
    assert "工作月数" in svg(explanation, "zh")


def test_the_same_decision_gives_the_same_picture(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert svg(ruritania.explain(clerk, ON)) == svg(ruritania.explain(dict(clerk), ON))
