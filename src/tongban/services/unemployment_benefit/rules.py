"""失业保险金领取期限 (months of unemployment benefit) by the local table and under the national maximum.

Counts full years of contributions; months already drawn are taken off.
"""

from tongban.law import PlaceCode, Table, because, fact, place_name, rule, ruleset

ruleset("unemployment-benefit", version="1", zh="失业保险金领取期限", en="Months of unemployment benefit")

place_name(PlaceCode("500000"), zh="重庆", en="Chongqing")
place_name(PlaceCode("510000"), zh="四川", en="Sichuan")
place_name(PlaceCode("510100"), zh="成都", en="Chengdu")

place = fact(PlaceCode, zh="领取地", en="place of claim")
paid_months = fact(int, at_least=0, at_most=720, zh="缴费月数", en="months paid")
drawn_months = fact(int, default=0, at_least=0, at_most=720, zh="已领取月数", en="months already drawn")


@rule(zh="缴费满的整年数", en="full years paid", cites="社会保险法第四十六条")
def paid_years(paid_months: int) -> int:
    return because(
        paid_months // 12,
        zh="缴费 {paid_months} 个月，满 {result} 年",
        en="{paid_months} months paid: {result} full years",
    )


@rule(zh="全国最长期限", en="national maximum", cites="社会保险法第四十六条")
def national_months(paid_years: int, national_maximum: Table[int, int]) -> int:
    return because(
        national_maximum[paid_years],
        zh="缴费满 {paid_years} 年，全国规定最长 {result} 个月",
        en="After {paid_years} years the national law allows {result} months at most",
    )


@rule(
    zh="领取期限",
    en="months of benefit",
    cites="社会保险法第四十六条；重庆市失业保险条例第二十四条；四川省失业保险条例",
    outcome=True,
)
def benefit_months(
    place: PlaceCode, paid_years: int, national_months: int, local_months: Table[tuple[PlaceCode, int], int]
) -> int:
    local = local_months[place, paid_years]
    if local > national_months:
        return because(
            national_months,
            zh="当地规定 {local} 个月，以全国最长 {national_months} 个月为限",
            en="{local} months locally, limited to the national {national_months}",
        )
    return because(
        local,
        zh="缴费满 {paid_years} 年，当地规定领取 {result} 个月",
        en="After {paid_years} years the local table gives {result} months",
    )


@rule(zh="尚可领取月数", en="months left", cites="社会保险法第四十六条", outcome=True)
def months_left(benefit_months: int, drawn_months: int) -> int:
    return because(
        max(benefit_months - drawn_months, 0),
        zh="{benefit_months} 个月减已领取 {drawn_months} 个月，尚可领取 {result} 个月",
        en="{benefit_months} months less {drawn_months} already drawn: {result} left",
    )
