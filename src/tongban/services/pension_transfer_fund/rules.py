"""企业职工养老保险关系转移资金 (money that moves with a pension relation) between provinces.

The personal account, and twelve per cent of the actual contribution wages since 1998.
"""

from tongban.law import Fen, Rate, because, fact, round_half_up, rule, ruleset, total, yuan

ruleset(
    "pension-transfer-fund", version="1", zh="养老保险转移资金", en="Money that moves with a pension relation"
)

MOST_WAGES = yuan("10000000000")

account_before_1998 = fact(
    Fen,
    at_most=yuan("10000000"),
    zh="1998 年以前个人缴费累计本息",
    en="own contributions before 1998 with interest",
)
account_since_1998 = fact(
    Fen, at_most=yuan("10000000"), zh="1998 年以来个人账户储存额", en="account balance since 1998"
)
yearly_wages = fact(
    dict[int, Fen], at_most=70, zh="各年度实际缴费工资总额", en="actual contribution wages of each year"
)


@rule(
    zh="个人账户转移额",
    en="personal account that moves",
    cites="国办发〔2009〕66号第四条第一项",
    outcome=True,
)
def account_moved(account_before_1998: Fen, account_since_1998: Fen) -> Fen:
    return because(
        account_before_1998 + account_since_1998,
        zh="1998 年以前本息 {account_before_1998} + 1998 年以来储存额 {account_since_1998} = {result}",
        en="{account_before_1998} before 1998 + {account_since_1998} since: {result}",
    )


@rule(
    zh="计入统筹基金转移的缴费工资",
    en="wages for the pooled part",
    cites="国办发〔2009〕66号第四条第二项",
    scalar_only=True,
)
def wages_that_count(yearly_wages: dict[int, Fen], first_pooled_year: int) -> Fen:
    return because(
        min(total(wage for year, wage in yearly_wages.items() if year >= first_pooled_year), MOST_WAGES),
        zh="{first_pooled_year} 年起各年度实际缴费工资合计 {result}",
        en="Actual contribution wages since {first_pooled_year}: {result}",
    )


@rule(zh="统筹基金转移额", en="pooled part that moves", cites="国办发〔2009〕66号第四条第二项", outcome=True)
def pooled_moved(wages_that_count: Fen, pooled_rate: Rate) -> Fen:
    return because(
        round_half_up(wages_that_count * pooled_rate),
        zh="缴费工资 {wages_that_count} × {pooled_rate} = {result}",
        en="Wages {wages_that_count} × {pooled_rate} = {result}",
    )


@rule(zh="转移资金合计", en="money that moves", cites="国办发〔2009〕66号第四条", outcome=True)
def total_moved(account_moved: Fen, pooled_moved: Fen) -> Fen:
    return because(
        account_moved + pooled_moved,
        zh="个人账户 {account_moved} + 统筹基金 {pooled_moved} = {result}",
        en="Account {account_moved} + pooled {pooled_moved} = {result}",
    )
