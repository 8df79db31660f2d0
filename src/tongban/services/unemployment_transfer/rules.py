"""失业保险关系跨统筹地区转移的费用 (money that moves with an unemployed person).

The benefit not yet drawn at the origin's standard, and with it the medical aid and training subsidies.
"""

from tongban.law import (
    Fen,
    PlaceCode,
    Rate,
    Table,
    because,
    fact,
    place_name,
    round_half_up,
    rule,
    ruleset,
    yuan,
)

ruleset(
    "unemployment-transfer",
    version="1",
    zh="失业保险转移费用",
    en="Money that moves with unemployment insurance",
)

place_name(PlaceCode("500000"), zh="重庆", en="Chongqing")
place_name(PlaceCode("510000"), zh="四川", en="Sichuan")
place_name(PlaceCode("510100"), zh="成都", en="Chengdu")

place = fact(PlaceCode, zh="转出地", en="origin")
months_left = fact(int, at_least=0, at_most=24, zh="尚未领取的月数", en="months not yet drawn")
monthly_benefit = fact(
    Fen, at_most=yuan("100000"), zh="转出地失业保险金月标准", en="monthly benefit at the origin"
)


@rule(
    zh="失业保险金部分",
    en="benefit part",
    cites="失业保险金申领发放办法（劳动和社会保障部令第8号）；重庆市失业保险条例第二十九条",
    outcome=True,
)
def benefit_part(months_left: int, monthly_benefit: Fen) -> Fen:
    return because(
        months_left * monthly_benefit,
        zh="尚未领取 {months_left} 个月 × 每月 {monthly_benefit} = {result}",
        en="{months_left} months not yet drawn × {monthly_benefit} a month = {result}",
    )


@rule(
    zh="医疗补助金和职业培训、职业介绍补贴部分",
    en="medical aid, training and placement",
    cites="失业保险金申领发放办法（劳动和社会保障部令第8号）；重庆市失业保险条例第二十九条",
    outcome=True,
)
def services_part(place: PlaceCode, benefit_part: Fen, services_share: Table[PlaceCode, Rate]) -> Fen:
    share = services_share[place]
    return because(
        round_half_up(benefit_part * share),
        zh="按失业保险金部分的 {share} 计算，为 {result}",
        en="{share} of the benefit part: {result}",
    )


@rule(
    zh="转移费用合计",
    en="money that moves",
    cites="失业保险金申领发放办法（劳动和社会保障部令第8号）；重庆市失业保险条例第二十九条",
    outcome=True,
)
def total_moved(benefit_part: Fen, services_part: Fen) -> Fen:
    return because(
        benefit_part + services_part,
        zh="{benefit_part} + {services_part} = {result}",
        en="{benefit_part} + {services_part} = {result}",
    )
