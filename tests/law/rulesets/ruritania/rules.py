"""The pension and the fishing licence of Ruritania, a country that is not on the map."""

from tongban.law import (
    Choice,
    Date,
    Dated,
    Fen,
    Month,
    PlaceCode,
    Rate,
    Spells,
    Table,
    because,
    check,
    fact,
    place_name,
    round_half_up,
    rule,
    ruleset,
    yuan,
)

ruleset("ruritania", version="3", zh="鲁里坦尼亚养老金", en="Pension of Ruritania")


class Trade(Choice):
    """What the person works as."""

    MINER = "miner", "矿工", "miner"
    CLERK = "clerk", "职员", "clerk"


STRELSAU = PlaceCode("990100")
ZENDA = PlaceCode("990200")
TOWNS = (STRELSAU, ZENDA)
place_name(PlaceCode("990100"), zh="斯特雷尔绍", en="Strelsau")

birth_month = fact(Month, zh="出生年月", en="month of birth", past=True)
trade = fact(Trade, zh="职业", en="trade")
wage = fact(Fen, zh="月工资", en="monthly wage", at_most=yuan("1000000"))
children = fact(int, zh="子女数", en="children", default=0, at_least=0, at_most=30)
bonus = fact(Fen, zh="奖金", en="bonus", optional=True)
work = fact(Spells, zh="工作经历", en="work", as_time_passes="continues")
claim_month = fact(Month, zh="申请月份", en="month of the claim", as_time_passes="moves")


@check(fact="claim_month", zh="申请月份早于出生月份", en="the claim lies before birth")
def claim_after_birth(birth_month: Month, claim_month: Month) -> bool:
    return claim_month > birth_month


@rule(zh="退休月份", en="pension month", cites="Pension Act s. 1", outcome=True)
def pension_month(birth_month: Month, trade: Trade, pension_age: Table[Trade, int]) -> Month:
    return birth_month + 12 * pension_age[trade]


@rule(
    zh="在{town}工作的月数",
    en="months worked in {town}",
    cites="Pension Act s. 2",
    outcome=True,
    for_each=TOWNS,
)
def months(town: PlaceCode, work: Spells, claim_month: Month) -> int:
    return work.within(town).up_to(claim_month).months()


@rule(zh="工作月数", en="months worked", cites="Pension Act s. 2", outcome=True)
def months_worked(work: Spells, claim_month: Month) -> int:
    return work.up_to(claim_month).months()


@rule(zh="所需月数", en="months required", cites="Pension Act s. 2", outcome=True)
def months_required(claim_month: Month, required_months: Dated[int]) -> int:
    return required_months.at(claim_month)


@rule(zh="可领养老金", en="entitled", cites="Pension Act s. 3", outcome=True)
def entitled(claim_month: Month, pension_month: Month, months_worked: int, months_required: int) -> bool:
    if claim_month < pension_month:
        return because(False, zh="{pension_month}才到年龄", en="the age is reached in {pension_month}")
    if months_worked < months_required:
        missing = months_required - months_worked
        return because(False, zh="还差 {missing} 个月", en="{missing} months are missing")
    return because(True, zh="年龄和月数都够", en="age and months suffice")


@rule(zh="月养老金", en="monthly pension", cites="Pension Act s. 4", outcome=True)
def pension(
    entitled: bool, wage: Fen, bonus: Fen | None, children: int, rate: Rate, child_supplement: Fen
) -> Fen:
    if not entitled:
        return Fen(0)
    if bonus is not None:
        base = wage + bonus
    else:
        base = wage
    return round_half_up(base * rate) + child_supplement * min(children, 3)


@rule(zh="办理天数", en="days to decide", cites="Office Act s. 9", outcome=True)
def days_to_decide() -> int:
    return 30


@rule(
    zh="办理天数",
    en="days to decide",
    cites="Office Act s. 9 (2026)",
    since="2026-07-01",
    replaces="days_to_decide",
)
def days_to_decide_2026() -> int:
    return 10


@rule(zh="旧补贴", en="old grant", cites="Grant Act", until="2025-12-31", outcome=True)
def old_grant(on: Date) -> int:
    return on.year
