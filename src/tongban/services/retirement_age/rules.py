"""法定退休年龄 (statutory retirement age) under the reform in force since 2025-01-01.

From month of birth and category to the month of retirement, its flexible limits, and the contribution
time needed.
"""

from tongban.law import Choice, Month, Table, because, fact, round_up, rule, ruleset

ruleset("retirement-age", version="1", zh="法定退休年龄", en="Statutory retirement age")


class Category(Choice):
    """Which of the three scales applies to the person (适用类别)."""

    MALE60 = "male60", "男职工（原 60 周岁）", "man, formerly 60"
    FEMALE55 = "female55", "女职工（原 55 周岁）", "woman, formerly 55"
    FEMALE50 = "female50", "女职工（原 50 周岁）", "woman, formerly 50"


birth_month = fact(Month, zh="出生年月", en="month of birth", past=True)
category = fact(Category, zh="适用类别", en="category")


@rule(zh="达到原法定退休年龄的月份", en="month of the former retirement age", cites="国发〔1978〕104号")
def original_month(
    birth_month: Month, category: Category, original_age_months: Table[Category, int]
) -> Month:
    return because(
        birth_month + original_age_months[category],
        zh="{birth_month}出生，{category}，{result}达到原法定退休年龄",
        en="Born in {birth_month}, {category}: the former age is reached in {result}",
    )


@rule(zh="延迟月数", en="months of delay", cites="国发〔1978〕104号", outcome=True)
def delay_months() -> int:
    return because(
        0,
        zh="渐进式延迟法定退休年龄自 2025 年 1 月 1 日起施行，此前不延迟",
        en="The gradual delay applies since 1 January 2025; before that there is none",
    )


@rule(
    zh="延迟月数",
    en="months of delay",
    cites="国务院关于渐进式延迟法定退休年龄的办法第一条及附件1、2、3",
    since="2025-01-01",
    replaces="delay_months",
)
def delay_months_by_reform(
    original_month: Month,
    category: Category,
    reform_start: Month,
    months_for_one_of_delay: Table[Category, int],
    greatest_delay_months: Table[Category, int],
) -> int:
    nth = original_month - reform_start + 1
    group = months_for_one_of_delay[category]
    most = greatest_delay_months[category]
    if nth <= 0:
        return because(
            0,
            zh="{original_month}已达到原法定退休年龄，早于改革起始的 {reform_start}，不延迟",
            en="The former age was reached in {original_month}, before the reform began in"
            " {reform_start}: no delay",
        )
    delay = round_up(nth / group)
    if delay >= most:
        return because(
            most,
            zh="延迟最多 {most} 个月：{original_month}是改革起的第 {nth} 个月，已到上限",
            en="{original_month} is month {nth} of the reform; the delay has reached its limit of"
            " {most} months",
        )
    return because(
        delay,
        zh="{original_month}是改革起的第 {nth} 个月，每 {group} 个月延迟 1 个月，共延迟 {delay} 个月",
        en="{original_month} is month {nth} of the reform; one month of delay for every {group}: {delay}",
    )


@rule(
    zh="法定退休月份",
    en="statutory retirement month",
    cites="国务院关于渐进式延迟法定退休年龄的办法第一条",
    outcome=True,
)
def statutory_retirement_month(original_month: Month, delay_months: int) -> Month:
    return because(
        original_month + delay_months,
        zh="{original_month}加延迟 {delay_months} 个月，为 {result}",
        en="{original_month} and {delay_months} months of delay: {result}",
    )


@rule(
    zh="法定退休年龄（月）",
    en="statutory retirement age in months",
    cites="国务院关于渐进式延迟法定退休年龄的办法第一条",
    outcome=True,
)
def statutory_age_months(birth_month: Month, statutory_retirement_month: Month) -> int:
    months = statutory_retirement_month - birth_month
    years = months // 12
    rest = months % 12
    return because(
        months,
        zh="法定退休年龄为 {years} 周岁又 {rest} 个月",
        en="The statutory age is {years} years and {rest} months",
    )


@rule(
    zh="最早可选择的退休月份（弹性提前）",
    en="earliest retirement month (flexible)",
    cites="国务院关于渐进式延迟法定退休年龄的办法第三条",
    outcome=True,
)
def earliest_retirement_month(
    original_month: Month, statutory_retirement_month: Month, flexible_months: int
) -> Month:
    earlier = statutory_retirement_month - flexible_months
    if earlier < original_month:
        return because(
            original_month,
            zh="可提前，但不得早于原法定退休年龄，即 {original_month}；提前还须达到当年最低缴费年限",
            en="Earlier is possible, but not before the former age in {original_month}; that year's"
            " minimum must be paid",
        )
    return because(
        earlier,
        zh="可比法定退休月份最多提前 {flexible_months} 个月，即 {result}；提前还须达到当年最低缴费年限",
        en="Up to {flexible_months} months earlier: {result}; that year's minimum must be paid",
    )


@rule(
    zh="最迟可选择的退休月份（弹性延迟）",
    en="latest retirement month (flexible)",
    cites="国务院关于渐进式延迟法定退休年龄的办法第三条",
    outcome=True,
)
def latest_retirement_month(statutory_retirement_month: Month, flexible_months: int) -> Month:
    return because(
        statutory_retirement_month + flexible_months,
        zh="与单位协商一致，可比法定退休月份最多延迟 {flexible_months} 个月，即 {result}",
        en="With the employer's agreement up to {flexible_months} months later: {result}",
    )


@rule(
    zh="法定退休月份所需的最低缴费月数",
    en="minimum contribution months for the statutory month",
    cites="国务院关于渐进式延迟法定退休年龄的办法第二条及附件4",
    outcome=True,
)
def minimum_contribution_months(
    statutory_retirement_month: Month, contribution_months_by_year: Table[int, int]
) -> int:
    year = statutory_retirement_month.year
    return because(
        contribution_months_by_year[year],
        zh="{year} 年退休，按月领取基本养老金须缴费满 {result} 个月",
        en="For retirement in {year}, {result} months of contributions are needed for a monthly pension",
    )
