"""The woman of the story as the pictures get her: spells, and an explanation as the law writes it."""

from tongban.node.pictures.explanation import Explanation
from tongban.node.pictures.ribbon import Lane, Ruler, Spell

LANES = (
    Lane("重庆", "side-50", (Spell("2003-04", "2012-12"),)),
    Lane("成都", "side-51", (Spell("2012-11", "2026-10"),)),
)
RULERS = (Ruler("成都", "side-51", 240), Ruler("重庆", "side-50", 300))


def _step(rule: str, value: object, title: tuple[str, str], **more: object) -> dict[str, object]:
    words = {"zh": title[0], "en": title[1]}
    return {"rule": rule, "value": value, "title": words, "inputs": {}, "cites": "", **more}


EXPLANATION = Explanation.model_validate(
    {
        "outcomes": {
            "insured_months": 283,
            "required_months_500000": 300,
            "required_months_510100": 240,
            "eligible_500000": False,
            "eligible_510100": True,
            "recommended_pool": "510100",
        },
        "steps": [
            _step(
                "insured_months",
                283,
                ("两地缴费合计", "Months on both sides"),
                cites="医保办发〔2021〕43号",
                reason={"zh": "重庆 117 + 成都 168 − 重复 2", "en": "Chongqing 117 + Chengdu 168 − 2 twice"},
            ),
            _step(
                "required_months_510100",
                240,
                ("成都要求的月数", "Months that Chengdu requires"),
                parameters=[
                    {
                        "name": "required_total",
                        "value": 240,
                        "since": "2009-01-01",
                        "source": "成都市人民政府令第154号",
                        "confidence": "low",
                        "title": {"zh": "累计缴费月数", "en": "months in all"},
                    }
                ],
            ),
            _step("required_months_500000", 300, ("重庆要求的月数", "Months that Chongqing requires")),
            _step(
                "eligible_510100",
                True,
                ("可以在成都办理", "May retire in Chengdu"),
                inputs={"insured_months": 283, "required_months_510100": 240},
                depends=["insured_months", "required_months_510100"],
                reason={"zh": "283 个月不少于 240 个月", "en": "283 months are at least 240"},
            ),
        ],
        "unverified": ["required_total"],
    }
)
