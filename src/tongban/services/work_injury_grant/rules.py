"""工伤伤残待遇 (work injury: one-time grant and monthly allowance) by grade, under the national regulation.

Months of the person's own wage, the share paid each month, who pays it, and its floor.
"""

from tongban.law import Choice, Fen, Rate, Table, because, fact, round_half_up, rule, ruleset, yuan

ruleset(
    "work-injury-grant",
    version="1",
    zh="工伤一次性伤残补助金与伤残津贴",
    en="Work injury grant and allowance",
)


class Payer(Choice):
    """Who pays the monthly allowance (伤残津贴支付方)."""

    FUND = "fund", "工伤保险基金", "the insurance fund"
    EMPLOYER = "employer", "用人单位（难以安排工作的）", "the employer, if there is no suitable work"
    NONE = "none", "无", "nobody"


grade = fact(int, at_least=1, at_most=10, zh="伤残等级", en="disability grade")
monthly_wage = fact(Fen, at_least=Fen(1), at_most=yuan("1000000"), zh="本人月工资", en="own monthly wage")
minimum_wage = fact(
    Fen,
    optional=True,
    at_least=Fen(1),
    at_most=yuan("100000"),
    zh="当地月最低工资标准",
    en="local monthly minimum wage",
)


@rule(
    zh="一次性伤残补助金",
    en="one-time disability grant",
    cites="工伤保险条例第三十五条、第三十六条、第三十七条",
    outcome=True,
)
def disability_grant(grade: int, monthly_wage: Fen, grant_months: Table[int, int]) -> Fen:
    months = grant_months[grade]
    return because(
        months * monthly_wage,
        zh="{grade} 级伤残为 {months} 个月本人工资：{months} × {monthly_wage} = {result}",
        en="Grade {grade}: {months} months of the own wage, {months} × {monthly_wage} = {result}",
    )


@rule(
    zh="伤残津贴支付方",
    en="who pays the allowance",
    cites="工伤保险条例第三十五条、第三十六条、第三十七条",
    outcome=True,
)
def allowance_payer(grade: int, payer_by_grade: Table[int, Payer]) -> Payer:
    if grade not in payer_by_grade:
        return because(
            Payer.NONE, zh="{grade} 级伤残没有伤残津贴", en="Grade {grade} has no monthly allowance"
        )
    return because(
        payer_by_grade[grade], zh="{grade} 级伤残：{result}支付", en="Grade {grade}: paid by {result}"
    )


@rule(zh="按月伤残津贴", en="monthly allowance", cites="工伤保险条例第三十五条、第三十六条", outcome=True)
def monthly_allowance(
    grade: int,
    monthly_wage: Fen,
    minimum_wage: Fen | None,
    allowance_payer: Payer,
    allowance_share: Table[int, Rate],
) -> Fen:
    if allowance_payer == Payer.NONE:
        return because(Fen(0), zh="{grade} 级伤残没有伤残津贴", en="Grade {grade} has no monthly allowance")
    share = allowance_share[grade]
    by_wage = round_half_up(monthly_wage * share)
    if minimum_wage is not None and by_wage < minimum_wage:
        return because(
            minimum_wage,
            zh="本人工资的 {share} 为 {by_wage}，低于当地最低工资，补足至 {minimum_wage}",
            en="{share} of the wage is {by_wage}, below the minimum wage: raised to {minimum_wage}",
        )
    return because(
        by_wage,
        zh="本人工资 {monthly_wage} 的 {share}，为 {result}",
        en="{share} of the wage {monthly_wage}: {result}",
    )
