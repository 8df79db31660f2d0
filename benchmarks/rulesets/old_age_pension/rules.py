"""A monthly pension in 19 rules: ten facts in, six outcomes out. Its law is made up for measuring."""

from tongban.law import (
    Choice,
    Fen,
    Month,
    PlaceCode,
    Rate,
    Table,
    fact,
    round_half_up,
    round_up,
    rule,
    ruleset,
)

ruleset("old-age-pension", version="1", zh="养老金（测速用）", en="Old-age pension, for measuring")


class Category(Choice):
    """Which scale of ages applies."""

    LATE = "late", "六十岁类", "sixty"
    MIDDLE = "middle", "五十五岁类", "fifty-five"
    EARLY = "early", "五十岁类", "fifty"


birth_month = fact(Month, zh="出生年月", en="month of birth", past=True)
category = fact(Category, zh="类别", en="category")
heavy_work = fact(bool, zh="特殊工种", en="heavy work")
home = fact(PlaceCode, zh="参保地", en="place of insurance")
apply_month = fact(Month, zh="申请年月", en="month of application")
paid_months = fact(int, zh="缴费月数", en="months paid", at_least=0, at_most=600)
deemed_months = fact(int, zh="视同缴费月数", en="months deemed paid", at_least=0, at_most=300)
account = fact(Fen, zh="个人账户", en="savings in the account", at_most=Fen(500_000_000))
wage_index = fact(Rate, zh="缴费指数", en="wage index", at_most=Rate("3"))
disability = fact(int, zh="伤残等级", en="grade of disability", at_least=0, at_most=4)


@rule(zh="原退休年龄", en="age before the reform", cites="s. 1")
def original_age(
    category: Category, heavy_work: bool, former_age: Table[Category, int], heavy_work_years: int
) -> int:
    if heavy_work:
        return former_age[category] - heavy_work_years * 12
    return former_age[category]


@rule(zh="改革起月数", en="months into the reform", cites="s. 2")
def months_into_reform(birth_month: Month, original_age: int, reform_start: Month) -> int:
    return birth_month + original_age - reform_start + 1


@rule(zh="延迟月数", en="months of delay", cites="s. 2", outcome=True)
def delay_months(
    months_into_reform: int,
    category: Category,
    step: Table[Category, int],
    longest_delay: Table[Category, int],
) -> int:
    if months_into_reform <= 0:
        return 0
    return min(round_up(months_into_reform / step[category]), longest_delay[category])


@rule(zh="法定退休年月", en="month of retirement", cites="s. 2", outcome=True)
def retirement_month(birth_month: Month, original_age: int, delay_months: int) -> Month:
    return birth_month + original_age + delay_months


@rule(zh="已到龄", en="old enough", cites="s. 3")
def old_enough(apply_month: Month, retirement_month: Month) -> bool:
    return apply_month >= retirement_month


@rule(zh="累计月数", en="months insured", cites="s. 3")
def insured_months(paid_months: int, deemed_months: int) -> int:
    return paid_months + deemed_months


@rule(zh="最低月数", en="months required", cites="s. 3", outcome=True)
def required_months(retirement_month: Month, minimum_months: Table[int, int]) -> int:
    return minimum_months[retirement_month.year]


@rule(zh="尚差月数", en="months short", cites="s. 3", outcome=True)
def shortfall_months(required_months: int, insured_months: int) -> int:
    return max(required_months - insured_months, 0)


@rule(zh="符合条件", en="entitled", cites="s. 3", outcome=True)
def entitled(old_enough: bool, shortfall_months: int) -> bool:
    return old_enough and shortfall_months == 0


@rule(zh="当地平均工资", en="average wage of the place", cites="s. 4")
def local_wage(home: PlaceCode, average_wage: Table[PlaceCode, Fen]) -> Fen:
    return average_wage[home]


@rule(zh="指数化工资", en="wage by index", cites="s. 4")
def indexed_wage(local_wage: Fen, wage_index: Rate) -> Fen:
    return round_half_up(local_wage * wage_index)


@rule(zh="基础养老金", en="basic pension", cites="s. 5")
def basic_pension(local_wage: Fen, indexed_wage: Fen, insured_months: int, accrual: Rate) -> Fen:
    return round_half_up((local_wage + indexed_wage) * insured_months * accrual / 24)


@rule(zh="申请时年龄", en="age in years at application", cites="s. 6")
def age_at_application(birth_month: Month, apply_month: Month) -> int:
    return (apply_month - birth_month) // 12


@rule(zh="计发月数", en="months to spread the account over", cites="s. 6")
def spread_months(age_at_application: int, months_by_age: Table[int, int]) -> int:
    return months_by_age[age_at_application]


@rule(zh="个人账户养老金", en="pension from the account", cites="s. 6")
def account_pension(account: Fen, spread_months: int) -> Fen:
    return round_half_up(account / spread_months)


@rule(zh="过渡性养老金", en="transitional pension", cites="s. 7")
def transitional_pension(indexed_wage: Fen, deemed_months: int, transition: Rate) -> Fen:
    return round_half_up(indexed_wage * deemed_months * transition / 12)


@rule(zh="伤残补贴", en="supplement for disability", cites="s. 8")
def supplement(disability: int, supplement_by_grade: Table[int, Fen]) -> Fen:
    return supplement_by_grade[disability]


@rule(zh="合计", en="sum of the parts", cites="s. 9")
def sum_of_parts(basic_pension: Fen, account_pension: Fen, transitional_pension: Fen, supplement: Fen) -> Fen:
    return basic_pension + account_pension + transitional_pension + supplement


@rule(zh="月养老金", en="monthly pension", cites="s. 9", outcome=True)
def monthly_pension(entitled: bool, sum_of_parts: Fen, least_pension: Fen) -> Fen:
    if not entitled:
        return Fen(0)
    return max(sum_of_parts, least_pension)
