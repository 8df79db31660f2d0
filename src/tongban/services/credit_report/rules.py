"""专用信用报告 (special credit report): which domains have records of late years, and which are repaired.

The domains and what stands in them are what both sides' authorities answer; none is written here.
"""

from tongban.law import (
    Choice,
    Date,
    PlaceCode,
    Record,
    because,
    check,
    count,
    fact,
    place_name,
    rule,
    ruleset,
)

ruleset("credit-report", version="1", zh="专用信用报告", en="Special credit report")

place_name(PlaceCode("500000"), zh="重庆", en="Chongqing")
place_name(PlaceCode("510100"), zh="成都", en="Chengdu")


class Answer(Choice):
    """Yes or no, as authorities answer it (是否)."""

    YES = "yes", "是", "yes"
    NO = "no", "否", "no"


class Domain(Record):
    """A domain that an authority was asked about, and whether it could look it up (领域)."""

    place: PlaceCode = fact(PlaceCode, zh="地方", en="place")
    domain: str = fact(str, zh="领域", en="domain")
    covered: Answer = fact(Answer, zh="能否查询", en="looked up")


class Finding(Record):
    """One record of a violation or a breach of faith (违法违规、失信记录)."""

    place: PlaceCode = fact(PlaceCode, zh="地方", en="place")
    domain: str = fact(str, zh="领域", en="domain")
    decided_on: Date = fact(Date, past=True, zh="决定日期", en="day of the decision")
    decision_number: str = fact(str, zh="决定文书号", en="number of the decision")
    repaired: Answer = fact(Answer, zh="是否已修复", en="repaired")


domains = fact(list[Domain], at_least=1, at_most=60, zh="查询的领域", en="domains asked")
findings = fact(list[Finding], at_most=200, zh="查到的记录", en="records found")


@check(
    fact="findings",
    zh="有记录不在查询的领域之内，请向提供部门核实",
    en="A record lies in a domain that was not asked about; ask the authority that gave it",
)
def every_record_lies_in_a_domain(domains: list[Domain], findings: list[Finding]) -> bool:
    return all(
        any(one.place == found.place and one.domain == found.domain for one in domains) for found in findings
    )


@rule(zh="查询期间起", en="looked back to", cites="信用报告查询期限的通常做法", outcome=True)
def looked_back_to(on: Date, look_back_years: int) -> Date:
    return because(
        on.plus_years(0 - look_back_years, overflow="last-day"),
        zh="自 {on} 往前 {look_back_years} 年，查询期间从 {result} 起",
        en="{look_back_years} years back from {on}: looked back to {result}",
    )


@rule(zh="查询期间止", en="looked up to", cites="出具当日", outcome=True)
def looked_up_to(on: Date) -> Date:
    return on


@rule(
    zh="查询期间内的记录",
    en="records that count",
    cites="信用报告查询期限的通常做法",
    outcome=True,
    scalar_only=True,
)
def counted_findings(findings: list[Finding], looked_back_to: Date) -> list[Finding]:
    counted = [one for one in findings if one.decided_on >= looked_back_to]
    number = len(counted)
    return because(
        counted,
        zh="查到的记录中，{looked_back_to} 以后的有 {number} 条",
        en="{number} of the records found are of {looked_back_to} or later",
    )


@rule(
    zh="无记录的领域",
    en="domains without records",
    cites="川渝公共服务方案（2024）第二十二项",
    outcome=True,
    scalar_only=True,
)
def clear_domains(domains: list[Domain], counted_findings: list[Finding]) -> list[Domain]:
    clear = [
        one
        for one in domains
        if one.covered == Answer.YES
        and not any(found.place == one.place and found.domain == one.domain for found in counted_findings)
    ]
    number = len(clear)
    return because(clear, zh="{number} 个领域没有记录", en="{number} domains have no record")


@rule(
    zh="有记录的领域",
    en="domains with records",
    cites="川渝公共服务方案（2024）第二十二项",
    outcome=True,
    scalar_only=True,
)
def flagged_domains(domains: list[Domain], counted_findings: list[Finding]) -> list[Domain]:
    flagged = [
        one
        for one in domains
        if one.covered == Answer.YES
        and any(found.place == one.place and found.domain == one.domain for found in counted_findings)
    ]
    number = len(flagged)
    return because(flagged, zh="{number} 个领域有记录", en="{number} domains have records")


@rule(
    zh="未覆盖的领域",
    en="domains not covered",
    cites="川渝公共服务方案（2024）第二十二项",
    outcome=True,
    scalar_only=True,
)
def uncovered_domains(domains: list[Domain]) -> list[Domain]:
    uncovered = [one for one in domains if one.covered == Answer.NO]
    number = len(uncovered)
    return because(
        uncovered,
        zh="{number} 个领域还不能查询，须另行开具证明",
        en="{number} domains cannot be looked up yet; a certificate on paper is needed for them",
    )


@rule(
    zh="查询领域数",
    en="domains asked",
    cites="川渝公共服务方案（2024）第二十二项",
    outcome=True,
    scalar_only=True,
)
def domains_asked(domains: list[Domain]) -> int:
    return because(
        len(domains), zh="两地共查询 {result} 个领域", en="{result} domains of both sides were asked"
    )


@rule(
    zh="有记录的领域数",
    en="number of domains with records",
    cites="川渝公共服务方案（2024）第二十二项",
    outcome=True,
    scalar_only=True,
)
def domains_with_records(flagged_domains: list[Domain]) -> int:
    return because(len(flagged_domains), zh="其中 {result} 个领域有记录", en="{result} of them have records")


@rule(
    zh="未修复的记录数",
    en="records not repaired",
    cites="川渝公共服务方案（2024）第二十二项",
    outcome=True,
    scalar_only=True,
)
def unrepaired_records(counted_findings: list[Finding]) -> int:
    return because(
        count(one for one in counted_findings if one.repaired == Answer.NO),
        zh="未修复的记录 {result} 条",
        en="{result} records are not repaired",
    )
