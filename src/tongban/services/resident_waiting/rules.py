"""城乡居民医保待遇等待期 (waiting time in residents' medical insurance) for who joined late or paused.

Gives the fixed and the variable months of waiting, and the whole.
"""

from tongban.law import because, fact, rule, ruleset

ruleset(
    "resident-waiting",
    version="1",
    zh="城乡居民医保待遇等待期",
    en="Waiting time in residents' medical insurance",
)

missing_years = fact(int, at_least=0, at_most=60, zh="连续断缴年数", en="years missing in a row")
paid_back_years = fact(int, at_least=0, at_most=60, zh="已补缴修复的年数", en="missing years paid back")
enrolled_in_window = fact(bool, zh="在集中参保期内参保", en="enrolled within the enrolment window")


@rule(
    zh="固定等待期",
    en="fixed waiting months",
    cites="国办发〔2024〕38号（健全基本医疗保险参保长效机制）",
    outcome=True,
)
def fixed_months(missing_years: int, enrolled_in_window: bool, fixed_waiting_months: int) -> int:
    if missing_years > 0:
        return because(
            fixed_waiting_months,
            zh="未连续参保（断缴 {missing_years} 年），固定等待期 {result} 个月",
            en="Not insured without a break ({missing_years} years missing): {result} fixed months",
        )
    if not enrolled_in_window:
        return because(
            fixed_waiting_months,
            zh="未在集中参保期内参保，固定等待期 {result} 个月",
            en="Not enrolled within the window: {result} fixed months",
        )
    return because(
        0, zh="连续参保且在集中参保期内参保，无等待期", en="No break and within the window: no waiting"
    )


@rule(
    zh="变动等待期",
    en="variable waiting months",
    cites="国办发〔2024〕38号（健全基本医疗保险参保长效机制）",
    outcome=True,
)
def variable_months(
    missing_years: int, paid_back_years: int, months_for_missing_year: int, months_for_year_paid_back: int
) -> int:
    added = missing_years * months_for_missing_year
    removed = paid_back_years * months_for_year_paid_back
    return because(
        max(added - removed, 0),
        zh="断缴 {missing_years} 年增加 {added} 个月，补缴 {paid_back_years} 年减少 {removed} 个月，"
        "变动等待期 {result} 个月",
        en="{missing_years} years missing add {added} months, {paid_back_years} paid back take off"
        " {removed}: {result}",
    )


@rule(
    zh="待遇等待期合计",
    en="waiting months",
    cites="国办发〔2024〕38号（健全基本医疗保险参保长效机制）",
    outcome=True,
)
def waiting_months(
    missing_years: int,
    fixed_months: int,
    variable_months: int,
    years_with_minimum: int,
    minimum_after_repair: int,
) -> int:
    together = fixed_months + variable_months
    if missing_years >= years_with_minimum and together < minimum_after_repair:
        return because(
            minimum_after_repair,
            zh="连续断缴 {missing_years} 年（满 {years_with_minimum} 年），"
            "修复后合计原则上不少于 {result} 个月",
            en="{missing_years} years missing in a row ({years_with_minimum} or more): at least"
            " {result} months after repair",
        )
    return because(
        together,
        zh="固定 {fixed_months} 个月 + 变动 {variable_months} 个月 = {result} 个月",
        en="{fixed_months} fixed and {variable_months} variable months: {result}",
    )
