"""Citations have an English form; numbers of articles are formed, the original stays beside."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import tongban
from tongban.law import RuleSet
from tongban.law.citations import Citations, whole_number
from tongban.law.examples import examples_of
from tongban.law.ir import STR
from tongban.law.rule_sets import load_rulesets

SERVICES = Path(tongban.__file__).parent / "services"
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
TABLE = Citations.from_toml(
    """
[acts]
"养蜂法" = "Beekeeping Act"
"养蜂法实施条例" = "Regulations under the Beekeeping Act"
[remarks]
"原文未核对" = "text not checked"
"每箱 40 元；不含税" = "40 yuan a hive; without tax"
"城区" = "in towns"
"""
)


@pytest.fixture(scope="module")
def own() -> Mapping[str, RuleSet]:
    return load_rulesets(SERVICES)


@pytest.mark.parametrize(
    ("original", "english"),
    [
        ("养蜂法", "Beekeeping Act"),
        ("养蜂法第三十二条", "Beekeeping Act, art. 32"),
        ("养蜂法实施条例第十条", "Regulations under the Beekeeping Act, art. 10"),
        ("养蜂法第一百零五条第二款", "Beekeeping Act, art. 105 para. 2"),
        ("养蜂法第四条、第五条", "Beekeeping Act, arts. 4, 5"),
        ("养蜂法第三条至第六条", "Beekeeping Act, arts. 3–6"),
        ("养蜂法第二十条第三项及附件1、2", "Beekeeping Act, art. 20 item 3 and annexes 1, 2"),
        ("养蜂法（2025-01-01 起）", "Beekeeping Act (from 2025-01-01)"),
        ("养蜂法第一条（每箱 40 元；不含税）", "Beekeeping Act, art. 1 (40 yuan a hive; without tax)"),
        ("养蜂法：城区；原文未核对", "Beekeeping Act: in towns; text not checked"),
        ("渔业法第一条", None),
        ("养蜂法；渔业法", None),
        ("养蜂法第一条云云", None),
    ],
)
def test_english_is_formed_from_act_number_and_remark(original: str, english: str | None) -> None:
    assert TABLE.english(original) == english


def test_the_original_stays_beside_its_english_and_alone_without() -> None:
    assert TABLE.of("养蜂法第一条", "en") == "Beekeeping Act, art. 1 (养蜂法第一条)"
    assert TABLE.of("养蜂法第一条", "zh") == "养蜂法第一条"
    assert TABLE.of("渔业法第一条", "en") == "渔业法第一条"


def cited(ruleset: RuleSet) -> Iterator[str]:
    for versions in ruleset.rules.values():
        yield from (rule.cites for rule in versions)
    for parameter in ruleset.parameters.values():
        for entry in parameter.entries:
            yield entry.source
            if entry.note:
                yield entry.note


def test_all_that_our_rule_sets_cite_has_english(own: Mapping[str, RuleSet]) -> None:
    texts = {text: ruleset for ruleset in own.values() for text in cited(ruleset)}
    english = {text: ruleset.citations.english(text) for text, ruleset in texts.items()}
    assert not [text for text, said in english.items() if said is None or CHINESE.search(said)]


def test_every_key_of_our_parameters_has_words(own: Mapping[str, RuleSet]) -> None:
    keys = [
        (ruleset.name, parameter.name, key)
        for ruleset in own.values()
        for parameter in ruleset.parameters.values()
        for key in parameter.keys
    ]
    assert not [one for one in keys if not CHINESE.search(one[2].title.zh) or CHINESE.search(one[2].title.en)]


def test_an_english_explanation_is_english_but_for_originals(own: Mapping[str, RuleSet]) -> None:
    for ruleset in own.values():
        example = next(one for one in examples_of(ruleset) if one.outcomes)
        told = ruleset.explain(example.facts, example.on).to_text("en")
        for original in sorted(set(cited(ruleset)), key=len, reverse=True):
            told = told.replace(f" ({original})", "")
        names = (
            str(value)
            for parameter in ruleset.parameters.values()
            if parameter.type == STR and not parameter.is_set
            for entry in parameter.entries
            for _, value in entry.rows
        )
        for name in names:  # official names, which are outcomes as they stand
            told = told.replace(name, "")
        for given in re.findall(r'"([^"]*)"', json.dumps(example.facts, ensure_ascii=False, default=str)):
            told = told.replace(given, "")
        assert not [line for line in told.splitlines() if CHINESE.search(line)], ruleset.name


@pytest.mark.parametrize(
    ("written", "number"), [("十", 10), ("二十七", 27), ("二百零二", 202), ("一千零九十八", 1098), ("35", 35)]
)
def test_numbers_of_articles_are_read_as_they_are_written(written: str, number: int) -> None:
    assert whole_number(written) == number
