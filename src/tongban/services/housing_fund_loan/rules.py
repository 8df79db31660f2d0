"""住房公积金互认互贷 (housing fund loan) on the deposits of both sides.

Months of deposit wherever they were made, the ceiling of the loan, which limit binds, and the monthly
payment.
"""

from tongban.law import (
    Choice,
    Fen,
    Month,
    PlaceCode,
    Rate,
    Spells,
    Table,
    annuity_payment,
    annuity_principal,
    because,
    fact,
    place_name,
    round_down,
    rule,
    ruleset,
    yuan,
)

ruleset("housing-fund-loan", version="1", zh="住房公积金互认互贷", en="Housing fund loan")

place_name(PlaceCode("500000"), zh="重庆", en="Chongqing")
place_name(PlaceCode("510000"), zh="四川", en="Sichuan")
place_name(PlaceCode("510100"), zh="成都", en="Chengdu")


class Household(Choice):
    """Which loan cap applies (贷款限额类别)."""

    SINGLE = "single", "单人缴存", "one depositor"
    FAMILY = "family", "家庭（夫妻双方缴存）", "family of two depositors"
    SINGLE_CHILDREN = "single-children", "单人缴存的多子女家庭", "one depositor with several children"
    FAMILY_CHILDREN = "family-children", "双方缴存的多子女家庭", "two depositors with several children"


class Limit(Choice):
    """What limits the loan (限制因素)."""

    DEPOSITS = "deposits", "连续缴存时间不足", "too few months of deposit"
    CAP = "cap", "最高限额", "the highest amount"
    BALANCE = "balance", "账户余额倍数", "the multiple of the balance"
    PRICE = "price", "房价比例", "the share of the price"
    INCOME = "income", "还款能力", "what the family can pay each month"


MOST_MONEY = yuan("1000000000")

city = fact(PlaceCode, zh="贷款城市", en="city of the loan")
spells = fact(Spells, zh="缴存记录（两地）", en="deposits on both sides", as_time_passes="continues")
apply_month = fact(Month, zh="申请月份", en="month of application", as_time_passes="moves")
balance = fact(Fen, at_most=MOST_MONEY, zh="本人账户余额", en="own balance")
spouse_balance = fact(Fen, optional=True, at_most=MOST_MONEY, zh="配偶账户余额", en="spouse's balance")
price = fact(Fen, at_least=Fen(1), at_most=MOST_MONEY, zh="房屋总价", en="price of the home")
family_monthly_income = fact(Fen, at_most=MOST_MONEY, zh="家庭月收入", en="the family's monthly income")
other_monthly_debt = fact(
    Fen, default=Fen(0), at_most=MOST_MONEY, zh="其他债务月还款", en="other monthly debt"
)
children = fact(int, default=0, at_least=0, at_most=20, zh="子女数", en="children")
flexible_worker = fact(bool, default=False, zh="灵活就业人员", en="flexible worker")
term_years = fact(int, at_least=1, at_most=30, zh="贷款年限", en="years of the loan")


@rule(zh="计入的缴存记录", en="deposits taken into account", cites="住房公积金异地贷款和转移接续规定")
def counted_deposits(spells: Spells, apply_month: Month) -> Spells:
    return because(
        spells.up_to(apply_month),
        zh="两地缴存都计入，只计至 {apply_month}",
        en="Deposits of both sides count, up to {apply_month}",
    )


@rule(zh="累计缴存月数", en="months of deposit", cites="住房公积金异地贷款和转移接续规定", outcome=True)
def deposit_months(counted_deposits: Spells) -> int:
    return because(
        counted_deposits.months(),
        zh="两地累计缴存 {result} 个月，每月只计一次",
        en="{result} months on both sides, each once",
    )


@rule(
    zh="申请时连续缴存月数",
    en="unbroken months at the application",
    cites="住房公积金异地贷款和转移接续规定",
    outcome=True,
)
def continuous_months(counted_deposits: Spells, apply_month: Month) -> int:
    last = apply_month if apply_month in counted_deposits else apply_month - 1
    return because(
        counted_deposits.run_ending(last),
        zh="截至 {last} 连续缴存 {result} 个月，换城市而不中断的连续计算",
        en="{result} unbroken months up to {last}; moving without a gap does not break them",
    )


@rule(zh="需要连续缴存的月数", en="unbroken months needed", cites="两市住房公积金贷款规定")
def months_needed(
    city: PlaceCode,
    flexible_worker: bool,
    months_for_employees: Table[PlaceCode, int],
    months_for_flexible_workers: Table[PlaceCode, int],
) -> int:
    if flexible_worker:
        return because(
            months_for_flexible_workers[city],
            zh="灵活就业人员须连续缴存 {result} 个月",
            en="A flexible worker needs {result} unbroken months",
        )
    return because(
        months_for_employees[city],
        zh="须连续足额缴存 {result} 个月",
        en="{result} unbroken months are needed",
    )


@rule(zh="可以申请贷款", en="eligible", cites="两市住房公积金贷款规定", outcome=True)
def eligible(continuous_months: int, months_needed: int) -> bool:
    if continuous_months >= months_needed:
        return because(
            True,
            zh="连续缴存 {continuous_months} 个月，已满 {months_needed} 个月",
            en="{continuous_months} unbroken months; {months_needed} are needed",
        )
    return because(
        False,
        zh="连续缴存 {continuous_months} 个月，不满 {months_needed} 个月",
        en="Only {continuous_months} unbroken months; {months_needed} are needed",
    )


@rule(zh="限额类别", en="kind of household", cites="两市住房公积金贷款规定")
def household(spouse_balance: Fen | None, children: int, several_children: int) -> Household:
    several = children > 0 and children >= several_children
    if spouse_balance is None:
        return because(
            Household.SINGLE_CHILDREN if several else Household.SINGLE,
            zh="一人缴存，子女 {children} 个：{result}",
            en="One depositor, {children} children: {result}",
        )
    return because(
        Household.FAMILY_CHILDREN if several else Household.FAMILY,
        zh="夫妻双方缴存，子女 {children} 个：{result}",
        en="Two depositors, {children} children: {result}",
    )


@rule(zh="最高限额", en="highest amount", cites="两市住房公积金贷款规定")
def limit_by_cap(
    city: PlaceCode, household: Household, loan_cap: Table[tuple[PlaceCode, Household], Fen]
) -> Fen:
    return because(
        loan_cap[city, household], zh="{household}，最高 {result}", en="{household}: {result} at most"
    )


@rule(zh="按账户余额的限额", en="limit by the balance", cites="两市住房公积金贷款规定")
def limit_by_balance(
    city: PlaceCode, balance: Fen, spouse_balance: Fen | None, balance_multiple: Table[PlaceCode, int]
) -> Fen:
    both = balance if spouse_balance is None else balance + spouse_balance
    times = balance_multiple[city]
    return because(
        both * times,
        zh="账户余额 {both} 的 {times} 倍，为 {result}",
        en="{times} times the balance of {both}: {result}",
    )


@rule(zh="按房价的限额", en="limit by the price", cites="两市住房公积金贷款规定")
def limit_by_price(city: PlaceCode, price: Fen, price_share: Table[PlaceCode, Rate]) -> Fen:
    share = price_share[city]
    return because(
        round_down(price * share),
        zh="房屋总价 {price} 的 {share}，为 {result}",
        en="{share} of the price of {price}: {result}",
    )


@rule(
    zh="年利率",
    en="yearly interest",
    cites="中国人民银行关于下调个人住房公积金贷款利率的通知（2025-05-08 起）",
)
def yearly_rate(term_years: int, first_home_rate: Table[int, Rate]) -> Rate:
    return because(
        first_home_rate[term_years],
        zh="首套住房，{term_years} 年期，年利率 {result}",
        en="First home, {term_years} years: {result} a year",
    )


@rule(zh="每月可用于还款", en="what can be paid each month", cites="两市住房公积金贷款规定")
def payment_at_most(
    city: PlaceCode, family_monthly_income: Fen, other_monthly_debt: Fen, income_share: Table[PlaceCode, Rate]
) -> Fen:
    share = income_share[city]
    return because(
        max(round_down(family_monthly_income * share) - other_monthly_debt, Fen(0)),
        zh="月还款不超过家庭月收入 {family_monthly_income} 的 {share}，"
        "减其他债务 {other_monthly_debt}，剩 {result}",
        en="At most {share} of the income {family_monthly_income}, less other debt"
        " {other_monthly_debt}: {result}",
    )


@rule(zh="按还款能力的限额", en="limit by the income", cites="两市住房公积金贷款规定", scalar_only=True)
def limit_by_income(payment_at_most: Fen, yearly_rate: Rate, term_years: int) -> Fen:
    return because(
        annuity_principal(payment_at_most, yearly_rate, term_years * 12),
        zh="每月还 {payment_at_most}，{term_years} 年可负担 {result}",
        en="{payment_at_most} a month for {term_years} years carries {result}",
    )


@rule(zh="各项限额中最低的", en="lowest of the limits", cites="两市住房公积金贷款规定")
def lowest_limit(limit_by_cap: Fen, limit_by_balance: Fen, limit_by_price: Fen, limit_by_income: Fen) -> Fen:
    return because(
        min(limit_by_cap, limit_by_balance, limit_by_price, limit_by_income),
        zh="限额 {limit_by_cap}、余额 {limit_by_balance}、房价 {limit_by_price}、"
        "还款能力 {limit_by_income}，取最低的 {result}",
        en="Cap {limit_by_cap}, balance {limit_by_balance}, price {limit_by_price}, income"
        " {limit_by_income}: {result}",
    )


@rule(zh="贷款上限", en="ceiling of the loan", cites="两市住房公积金贷款规定", outcome=True)
def loan_ceiling(eligible: bool, lowest_limit: Fen) -> Fen:
    if not eligible:
        return because(Fen(0), zh="暂不能申请贷款", en="No loan can be applied for yet")
    return because(lowest_limit, zh="最多可贷 {result}", en="{result} at most")


@rule(zh="起限制作用的因素", en="what limits the loan", cites="两市住房公积金贷款规定", outcome=True)
def binding_limit(
    eligible: bool, lowest_limit: Fen, limit_by_cap: Fen, limit_by_balance: Fen, limit_by_price: Fen
) -> Limit:
    if not eligible:
        return because(Limit.DEPOSITS, zh="连续缴存时间不足", en="Too few unbroken months of deposit")
    if lowest_limit == limit_by_cap:
        return because(Limit.CAP, zh="最高限额最低", en="The highest amount is the lowest limit")
    if lowest_limit == limit_by_balance:
        return because(
            Limit.BALANCE, zh="账户余额倍数最低", en="The multiple of the balance is the lowest limit"
        )
    if lowest_limit == limit_by_price:
        return because(Limit.PRICE, zh="房价比例最低", en="The share of the price is the lowest limit")
    return because(Limit.INCOME, zh="还款能力最低", en="What can be paid each month is the lowest limit")


@rule(
    zh="月还款额（等额本息）",
    en="monthly payment",
    cites="两市住房公积金贷款规定",
    outcome=True,
    scalar_only=True,
)
def monthly_payment(loan_ceiling: Fen, yearly_rate: Rate, term_years: int) -> Fen:
    return because(
        annuity_payment(loan_ceiling, yearly_rate, term_years * 12),
        zh="贷 {loan_ceiling}，{term_years} 年，年利率 {yearly_rate}，等额本息每月还 {result}",
        en="{loan_ceiling} over {term_years} years at {yearly_rate}: {result} a month",
    )
