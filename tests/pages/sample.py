"""The woman of the story as the pictures get her: spells, and an explanation as the law writes it."""

from collections.abc import Mapping
from typing import Any

from tongban.node.pictures.explanation import Explanation
from tongban.node.pictures.ribbon import Lane, Ruler, Spell

LANES = (
    Lane("重庆", "side-50", (Spell("2003-04", "2012-12"),)),
    Lane("成都", "side-51", (Spell("2012-11", "2026-10"),)),
)
RULERS = (Ruler("成都", "side-51", 240), Ruler("重庆", "side-50", 300))

POOLS = {"500000": ("重庆市", "Chongqing"), "510100": ("成都市", "Chengdu")}


def _step(rule: str, value: object, title: str, english: str, **more: Any) -> dict[str, Any]:
    return {
        "rule": rule,
        "value": value,
        "title": {"zh": title, "en": english},
        "inputs": {},
        "cites": "社会保险法第二十七条",
        "parameters": [],
        "depends": [],
        "outcome": rule,
        **more,
    }


def _parameter(
    name: str, value: object, title: str, english: str, source: str, confidence: str
) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "since": "2009-01-01",
        "source": source,
        "confidence": confidence,
        "title": {"zh": title, "en": english},
    }


def _of_pool(pool: str, paid: int, required: int, short: int, cost: str, source: str) -> list[dict[str, Any]]:
    chinese, english = POOLS[pool]
    total = _parameter(
        "required_total", required, "累计缴费月数要求", "months required in all", source, "low"
    )
    return [
        _step(
            f"months_in_pool_{pool}",
            paid,
            f"在当地缴费的月数（{chinese}）",
            f"months in the pool ({english})",
            outcome=f"insured_months_{pool}",
            reason={"zh": f"在{chinese}缴费 {paid} 个月", "en": f"{paid} months in {english}"},
        ),
        _step(
            f"required_months_{pool}",
            required,
            f"要求的月数（{chinese}）",
            f"months required ({english})",
            parameters=[total],
            reason={
                "zh": f"{chinese}要求累计 {required} 个月",
                "en": f"{english} requires {required} months in all",
            },
        ),
        _step(
            f"shortfall_months_{pool}",
            short,
            f"还差的月数（{chinese}）",
            f"months missing ({english})",
            depends=[f"required_months_{pool}", "insured_months"],
            inputs={f"required_months_{pool}": required, "insured_months": 283},
            reason={"zh": f"{chinese}还差 {short} 个月", "en": f"{short} are missing in {english}"},
        ),
        _step(
            f"eligible_{pool}",
            not short,
            f"可在当地办理医保退休（{chinese}）",
            f"qualifies in the pool ({english})",
            depends=["reached_age", f"shortfall_months_{pool}"],
            inputs={"reached_age": True, f"shortfall_months_{pool}": short},
            reason={
                "zh": f"在{chinese}{'还差月数' if short else '年龄和年限都够'}",
                "en": f"{'Months are missing' if short else 'Age and months suffice'} in {english}",
            },
        ),
        _step(
            f"top_up_{pool}",
            cost,
            f"一次性补缴金额（{chinese}）",
            f"cost of a top-up ({english})",
            depends=[f"shortfall_months_{pool}"],
            parameters=[
                _parameter(
                    "lower_base", "4553.00", "缴费基数下限", "lower base", "渝人社规〔2026〕18号", "high"
                )
            ],
            reason={
                "zh": "月数 × 基数 × 费率，以经办机构核定为准",
                "en": "months × base × rate; the agency's figure decides",
            },
        ),
    ]


_STEPS = [
    _step(
        "insured_months",
        283,
        "两地合计缴费月数（每月只计一次）",
        "months on both sides, each once",
        cites="社会保险法第三十二条；医保办发〔2021〕43号",
        reason={
            "zh": "两地缴费合计 283 个月：重庆 117 + 成都 168 − 重复 2",
            "en": "283 months on both sides: Chongqing 117 + Chengdu 168 − twice 2",
        },
    ),
    _step(
        "reached_age",
        True,
        "已达到法定退休年龄",
        "retirement age reached",
        reason={
            "zh": "法定退休月份为 2026年9月，申请时（2026年11月）已达到",
            "en": "The statutory month is September 2026; it was reached when applying in November 2026",
        },
    ),
    *_of_pool("500000", 117, 300, 17, "8127.11", "市级统筹暂行办法（未核对原文）"),
    *_of_pool("510100", 168, 240, 0, "0.00", "成都市人民政府令第154号"),
    _step(
        "recommended_pool",
        "510100",
        "建议办理地",
        "recommended pool",
        depends=["eligible_500000", "eligible_510100"],
        reason={"zh": "只有成都市现在符合条件", "en": "Only Chengdu is possible now"},
    ),
]

STORY: Mapping[str, Any] = {
    "ruleset": "medical-retirement",
    "version": "1",
    "on": "2026-11-22",
    "outcomes": {step["outcome"]: step["value"] for step in _STEPS} | {"earliest_eligible_month": "2026-11"},
    "steps": _STEPS,
    "unverified": ["required_total"],
}
EXPLANATION = Explanation.model_validate(STORY)
