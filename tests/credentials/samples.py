"""The nine types of credentials with one full set of claims each, and an issuer that may issue them."""

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from tongban import services
from tongban.credentials.status import ListCopy, StatusReference, StatusRegister, open_list, publish
from tongban.credentials.trust import TrustedKey, TrustList
from tongban.credentials.types import CredentialType, TypeRegistry, load_types
from tongban.credentials.vc import Known, Slot, issue_credential
from tongban.suites import SigningKey, Suite, VerifyingKey, new_signing_key

NOW = datetime(2026, 11, 25, 9, tzinfo=UTC)
ISSUER = "https://chongqing.tongban.example"
LIST = "https://chongqing.tongban.example/status/0"

CLAIMS: dict[str, dict[str, object]] = {
    "electronic-id": {
        "name": "冉小渝",
        "sex": "female",
        "ethnic_group": "土家族",
        "birth_date": "1985-03-02",
        "age_over_18": True,
        "id_number": "500114198503020021",
        "id_tail": "0021",
        "household_place": "500114",
        "household_address": "重庆市黔江区城西街道新华大道西段 120 号 3 幢 2 单元 5-1",
        "photo_sha256": "ab" * 32,
        "card_valid_until": "2036-05-20",
        "authority": "重庆市公安局黔江区分局",
    },
    "residence-permit": {
        "name": "李川",
        "sex": "male",
        "ethnic_group": "汉族",
        "birth_date": "1990-07-15",
        "id_number": "51010719900715001X",
        "id_tail": "001X",
        "household_address": "四川省成都市武侯区科华北路 65 号",
        "residence_place": "500103",
        "residence_address": "重庆市渝中区民生路 88 号 12-3",
        "permit_number": "5001032026000123",
        "issued_on": "2024-03-01",
        "endorsed_until": "2027-02-28",
        "authority": "重庆市公安局渝中区分局",
    },
    "professional-title": {
        "name": "冉小渝",
        "sex": "female",
        "birth_month": "1985-03",
        "id_number": "500114198503020021",
        "id_tail": "0021",
        "employer": "重庆某某勘测设计研究院有限公司",
        "series": "工程技术",
        "speciality": "道路与桥梁工程",
        "title": "高级工程师",
        "level": "associate-senior",
        "obtained_on": "2023-12-15",
        "obtained_by": "evaluation",
        "committee": "重庆市工程技术交通专业高级职称评审委员会",
        "approval_number": "渝职改办〔2024〕33号",
        "certificate_number": "2023500101GC0001234",
        "authority": "重庆市人力资源和社会保障局",
    },
    "skill-certificate": {
        "name": "阿卜杜热合曼·买买提艾力",
        "id_number": "653101199202020311",
        "id_tail": "0311",
        "occupation": "养老护理员",
        "direction": "失智老年人照护",
        "level": "3",
        "theory_score": "86.5",
        "practice_score": "91",
        "evaluator": "成都市某某职业技能等级评价中心",
        "certificate_number": "S000051010026243000012",
        "issued_on": "2025-06-30",
        "authority": "四川省职业技能鉴定指导中心",
    },
    "learning-credits": {
        "name": "李川",
        "id_number": "51010719900715001X",
        "id_tail": "001X",
        "account": "CQXF202600001234",
        "total_credits": "86.5",
        "achievements": [
            {
                "title": "Python 程序设计",
                "category": "degree",
                "institution": "重庆开放大学",
                "hours": 54,
                "credits": "3",
                "completed_on": "2025-07-01",
            },
            {
                "title": "养老照护基础",
                "category": "training",
                "institution": "成都开放大学",
                "credits": "1.5",
                "completed_on": "2026-01-20",
            },
        ],
        "as_of": "2026-11-20",
        "authority": "重庆市学分银行管理中心",
    },
    "elderly-ability": {
        "name": "王德芳",
        "id_number": "510107194101010029",
        "id_tail": "0029",
        "birth_date": "1941-01-01",
        "level": "2",
        "total": 58,
        "self_care": 20,
        "movement": 9,
        "mind": 20,
        "perception": 9,
        "raised": False,
        "standard": "gbt-42195-2022",
        "assessed_on": "2026-09-10",
        "assess_again_by": "2027-09-09",
        "report_number": "SCLNPG2026-0107-000321",
        "authority": "成都市武侯区老年人能力评估中心",
    },
    "long-term-care-grade": {
        "name": "王德芳",
        "id_number": "510107194101010029",
        "id_tail": "0029",
        "insured_place": "510100",
        "grade": "3",
        "adl_score": 35,
        "cognition_score": 8,
        "perception_score": 6,
        "concluded_on": "2026-08-01",
        "valid_until": "2028-07-31",
        "conclusion_number": "CDCHX2026080100123",
        "authority": "成都市医疗保障事务中心",
    },
    "credit-report": {
        "subject": "重庆某某轨道交通装备制造股份有限公司",
        "subject_code": "91500000MA5U0ABC12",
        "report_number": "CQXY20261125000123",
        "from": "2023-11-25",
        "to": "2026-11-24",
        "domains_asked": 35,
        "domains_with_records": 2,
        "unrepaired_records": 1,
        "domains": [
            {"domain": "税务", "result": "none"},
            {
                "domain": "生态环境",
                "result": "records",
                "records": [
                    {"date": "2024-05-06", "decision_number": "渝环罚〔2024〕12号", "repaired": True},
                    {"date": "2025-08-01", "decision_number": "渝环罚〔2025〕31号", "repaired": False},
                ],
            },
            {"domain": "海关", "result": "not-covered"},
        ],
        "authority": "重庆市公共信用信息中心",
    },
    "contribution-certificate": {
        "name": "李川",
        "sex": "male",
        "id_number": "51010719900715001X",
        "id_tail": "001X",
        "household_place": "510107",
        "insurance": "employee-pension",
        "insured_place": "500000",
        "first_month": "2014-08",
        "last_month": "2026-10",
        "months": 147,
        "deemed_months": 0,
        "account_balance": "98765.43",
        "spells": [
            {"from": "2014-08", "to": "2019-12", "place": "510100"},
            {"from": "2020-01", "to": "2026-10", "place": "500000"},
        ],
        "certificate_number": "CQYL2026110000123",
        "as_of": "2026-11-01",
        "authority": "重庆市社会保险局",
    },
}
NAMES = tuple(CLAIMS)


@cache
def registry() -> TypeRegistry:
    return load_types(Path(services.__file__).parent)


def kind(name: str = "professional-title") -> CredentialType:
    return registry()[f"https://tongban.example/credentials/{name}/1"]


@cache
def _key(suite: Suite) -> SigningKey:
    return new_signing_key(f"cq-{suite.value}-1", suite)


def issuer_key(suite: Suite = Suite.ES256) -> SigningKey:
    return _key(suite)


def trusted(suite: Suite = Suite.ES256, **changed: Any) -> TrustedKey:
    members: dict[str, Any] = {
        "issuer": ISSUER,
        "key": issuer_key(suite).verifying_key,
        "types": frozenset(registry()),
        "valid_from": NOW - timedelta(days=400),
        "lists": (LIST,),
    }
    return TrustedKey(**(members | changed))


def trust(*keys: TrustedKey, fresh_until: datetime | None = None) -> TrustList:
    return TrustList.of(
        *(keys or (trusted(),)), as_of=NOW, fresh_until=fresh_until or NOW + timedelta(days=30)
    )


def list_token(register: StatusRegister, key: SigningKey | None = None, uri: str = LIST) -> str:
    return publish(
        register, uri, key or issuer_key(), now=NOW, lifetime=timedelta(days=7), ttl=timedelta(hours=12)
    )


def list_copy(*changes: tuple[int, int]) -> ListCopy:
    register = StatusRegister(1000)
    for index, status in changes:
        register.set(index, status)
    return open_list(list_token(register), LIST, ISSUER, trust(), now=NOW)


def known(*changes: tuple[int, int], **members: Any) -> Known:
    defaults: dict[str, Any] = {"trust": trust(), "types": registry(), "lists": {LIST: list_copy(*changes)}}
    return Known(**(defaults | members))


def issued(
    name: str = "professional-title",
    *,
    holder: VerifyingKey | None = None,
    index: int = 7,
    key: SigningKey | None = None,
    issuer: str = ISSUER,
    now: datetime = NOW,
) -> str:
    slot = Slot(holder, StatusReference(LIST, index))
    return issue_credential(kind(name), CLAIMS[name], slot, issuer=issuer, key=key or issuer_key(), now=now)
