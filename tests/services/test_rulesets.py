"""The rule sets: their facts and outcomes are the published ones, and their own examples hold."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tongban.law import Date, RuleSet, RuleSetError
from tongban.law.examples import examples_of, failures

TODAY = Date("2026-11-22")

CARE_ITEMS = (
    "eating dressing face_and_mouth_care bowel_control bladder_control toileting walking bed_chair_transfer "
    "stairs bathing time_orientation person_orientation space_orientation memory vision hearing communication"
)
ABILITY_ITEMS = (
    "eating grooming bathing upper_dressing lower_dressing bladder_control bowel_control toileting "
    "bed_mobility bed_chair_transfer walking stairs "
    "time_orientation space_orientation person_orientation memory comprehension expression "
    "aggression depression consciousness "
    "vision hearing daily_affairs transport social_interaction"
)
OF_A_POOL = ("insured_months", "required_months", "shortfall_months", "eligible", "top_up")
OF_POOLS = " ".join(f"{name}_{pool}" for name in OF_A_POOL for pool in ("500000", "510100"))

# facts (`?`: may be missing) and outcomes of each rule set, as published
PUBLISHED = {
    "retirement-age": (
        "birth_month category",
        "delay_months statutory_retirement_month statutory_age_months earliest_retirement_month "
        "latest_retirement_month minimum_contribution_months",
    ),
    "medical-retirement": (
        "birth_month category sex spells apply_month contribution_base?",
        f"reached_age insured_months recommended_pool earliest_eligible_month {OF_POOLS}",
    ),
    "pension-place": ("hukou relations", "drawing_place rule"),
    "pension-transfer-fund": (
        "account_before_1998 account_since_1998 yearly_wages",
        "account_moved pooled_moved total_moved",
    ),
    "unemployment-benefit": ("place paid_months drawn_months?", "benefit_months months_left"),
    "unemployment-transfer": (
        "place months_left monthly_benefit",
        "benefit_part services_part total_moved",
    ),
    "resident-waiting": (
        "missing_years paid_back_years enrolled_in_window",
        "fixed_months variable_months waiting_months",
    ),
    "medical-waiting": (
        "gap_months continuous_months_before scheme_switch",
        "waiting_months_at_most retroactive",
    ),
    "housing-fund-loan": (
        "city spells apply_month balance spouse_balance? price family_monthly_income other_monthly_debt? "
        "children? flexible_worker? term_years",
        "deposit_months continuous_months eligible loan_ceiling binding_limit monthly_payment",
    ),
    "elderly-ability": (
        f"{ABILITY_ITEMS} f00_f03? f04_f99? care_risk_events_30d? coma?",
        "total level level_name",
    ),
    "long-term-care": (
        CARE_ITEMS,
        "adl_score cognition_score perception_score adl_level cognition_level perception_level grade "
        "grade_name",
    ),
    "transit-exemption": (
        "nationality passport_expires arrival entry_port from_country to_country onward_departure exit_port "
        "stops",
        "allowed leave_by reasons bad_stops",
    ),
    "residence-permit": (
        "issued endorsements",
        "valid functions_suspended continuous_years counts_from",
    ),
    "work-injury-grant": (
        "grade monthly_wage minimum_wage?",
        "disability_grant monthly_allowance allowance_payer",
    ),
    "chronic-disease": (
        "insured_place care_place disease lines deductible_left cap_left hospital_level retired",
        "in_scope linked fund_pays person_pays deductible_used cap_used",
    ),
    "old-age-allowance": ("birth_date hukou", "age_years band monthly_amount"),
    "contribution-certificate": ("spells", "first_month last_month months deemed_months"),
    "credit-bank": ("achievements", "count_of_achievements total_credits"),
    "credit-report": (
        "domains findings",
        "looked_back_to looked_up_to counted_findings clear_domains flagged_domains uncovered_domains "
        "domains_asked domains_with_records unrepaired_records",
    ),
    "vehicle-tax": (
        "place kind displacement_ml? tonnes? rural_passenger? new_energy?",
        "yearly_tax exempt",
    ),
}


def test_every_published_rule_set_is_there_and_no_other(rulesets: Mapping[str, RuleSet]) -> None:
    assert set(rulesets) == set(PUBLISHED)


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_rule_set_asks_the_published_facts(rulesets: Mapping[str, RuleSet], name: str) -> None:
    facts = [fact for fact in rulesets[name].facts.values() if fact.name != "on"]
    asked = {f"{fact.name}?" if fact.optional or fact.has_default else fact.name for fact in facts}
    assert asked == set(PUBLISHED[name][0].split())


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_rule_set_gives_the_published_outcomes(rulesets: Mapping[str, RuleSet], name: str) -> None:
    given = {rule.outcome for rule in rulesets[name].rules_in_force(TODAY) if rule.outcome is not None}
    assert given == set(PUBLISHED[name][1].split())


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_examples_of_a_rule_set_hold(rulesets: Mapping[str, RuleSet], name: str) -> None:
    examples = examples_of(rulesets[name])
    assert len(examples) >= 5
    wrong = [f"{one.where} {one.name}: {why.en}" for one in examples for why in failures(rulesets[name], one)]
    assert wrong == []


WRONG = """
[[example]]
name = "新例"
on = 2026-11-22
facts = {}
outcome = { x = 1 }
"""


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_wrong_example_added_to_any_file_is_told_with_file_line_and_key(
    rulesets: Mapping[str, RuleSet], name: str
) -> None:
    ruleset = rulesets[name]
    for path in {example.where.file for example in examples_of(ruleset)}:
        text = ruleset.files[path] + WRONG
        with pytest.raises(RuleSetError) as caught:
            examples_of(replace(ruleset, files={**ruleset.files, path: text}))
        last = len(text.splitlines())
        assert caught.value.said("zh").startswith(f"{path}:{last}: `outcome = {{ x = 1 }}`：example[")
        assert "].outcome：" in caught.value.said("zh")


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_step_of_an_example_has_a_reason_in_both_languages(
    rulesets: Mapping[str, RuleSet], name: str
) -> None:
    example = next(one for one in examples_of(rulesets[name]) if one.outcomes)
    explanation = rulesets[name].explain(example.facts, example.on)
    for taken in explanation.taken:
        for lang in ("zh", "en"):
            sentence = explanation.reason(taken, lang)
            assert sentence, taken.rule.name
            assert "{" not in sentence, sentence


def test_the_26_ability_items_have_the_maxima_of_the_standard(rulesets: Mapping[str, RuleSet]) -> None:
    facts = rulesets["elderly-ability"].facts
    ranges = [facts[item].range for item in ABILITY_ITEMS.split()]
    assert [(limits.low, limits.high) for limits in ranges if limits] == [
        (0, most) for most in (*[4] * 8, 4, 4, 4, 3, *[4] * 6, 1, 1, 2, 2, 2, 4, 3, 4)
    ]


def test_the_17_care_items_have_the_scores_of_the_standard(rulesets: Mapping[str, RuleSet]) -> None:
    facts = rulesets["long-term-care"].facts
    daily_living = [facts[item].one_of for item in CARE_ITEMS.split()[:10]]
    three, two, four = (0, 5, 10), (0, 5), (0, 5, 10, 15)
    assert daily_living == [three, three, two, three, three, three, four, four, three, two]
    others = [facts[item].range for item in CARE_ITEMS.split()[10:]]
    assert [(limits.low, limits.high) for limits in others if limits] == [(0, 4)] * 7
