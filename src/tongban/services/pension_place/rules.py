"""养老保险待遇领取地 (where a pension is drawn) when somebody worked in several provinces.

Article 6 of the national rule: the household's place, the last place with ten years, or the household's
place again. Regions are provinces; months in a temporary account never count towards the ten years.
"""

from tongban.law import Choice, PlaceCode, Record, because, fact, last, place_name, rule, ruleset

ruleset("pension-place", version="1", zh="养老保险待遇领取地", en="Where the pension is drawn")
place_name(PlaceCode("500000"), zh="重庆", en="Chongqing")
place_name(PlaceCode("510000"), zh="四川", en="Sichuan")
place_name(PlaceCode("510100"), zh="成都", en="Chengdu")


class Ground(Choice):
    """Which case of article 6 decides (适用情形)."""

    HUKOU = "hukou", "关系在户籍地", "the relation is where the household is registered"
    HERE = "here", "关系所在地满十年", "ten years where the relation is"
    PREVIOUS = "previous", "上一个满十年的参保地", "the latest earlier place with ten years"
    FALLBACK_HUKOU = "fallback-hukou", "均不满十年，归集到户籍地", "ten years nowhere: the household's place"


class Relation(Record):
    """One stay in a pension scheme, in order of time (参保经历)."""

    place: PlaceCode = fact(PlaceCode, zh="参保地", en="place")
    months: int = fact(int, at_least=0, at_most=900, zh="缴费月数", en="months paid")
    temporary: bool = fact(bool, default=False, zh="临时缴费账户", en="temporary account")


hukou = fact(PlaceCode, zh="户籍地", en="place of household registration")
relations = fact(
    list[Relation], at_least=1, at_most=100, zh="各参保地的缴费月数", en="months in each place, in order"
)


@rule(zh="关系所在地", en="where the relation is now", cites="国办发〔2009〕66号第六条", scalar_only=True)
def here(relations: list[Relation]) -> PlaceCode:
    return because(
        relations[-1].place,
        zh="最后参保地，即关系所在地，为{result}",
        en="The last place, where the relation is, is {result}",
    )


@rule(
    zh="在关系所在地的累计缴费月数",
    en="months where the relation is",
    cites="国办发〔2009〕66号第五条、第六条",
    scalar_only=True,
)
def months_here(relations: list[Relation], here: PlaceCode) -> int:
    return because(
        sum(r.months for r in relations if r.place.province == here.province and not r.temporary),
        zh="在该省（市）累计缴费 {result} 个月，临时账户不计",
        en="{result} months in that province, temporary accounts left out",
    )


@rule(
    zh="上一个缴费满规定年限的参保地",
    en="latest earlier place with the months needed",
    cites="国办发〔2009〕66号第六条第三项",
    scalar_only=True,
)
def previous_place(relations: list[Relation], here: PlaceCode, months_for_drawing: int) -> PlaceCode | None:
    place = last(
        r.place
        for r in relations
        if r.place.province != here.province
        and not r.temporary
        and sum(o.months for o in relations if o.place.province == r.place.province and not o.temporary)
        >= months_for_drawing
    )
    if place is None:
        return because(
            place,
            zh="此前没有累计缴费满 {months_for_drawing} 个月的参保地",
            en="No earlier place has {months_for_drawing} months",
        )
    return because(
        place,
        zh="此前最近一个累计缴费满 {months_for_drawing} 个月的参保地是{result}",
        en="The latest earlier place with {months_for_drawing} months is {result}",
    )


@rule(zh="适用情形", en="case of article 6", cites="国办发〔2009〕66号第六条", outcome="rule")
def ground(
    hukou: PlaceCode,
    here: PlaceCode,
    months_here: int,
    previous_place: PlaceCode | None,
    months_for_drawing: int,
) -> Ground:
    if here.province == hukou.province:
        return because(
            Ground.HUKOU,
            zh="关系在户籍所在的省（市），在户籍地领取",
            en="The relation lies in the household's province: drawn there",
        )
    if months_here >= months_for_drawing:
        return because(
            Ground.HERE,
            zh="关系不在户籍地，但在关系所在地缴费 {months_here} 个月，已满 {months_for_drawing} 个月",
            en="Not the household's province, but {months_here} months here; {months_for_drawing} are needed",
        )
    if previous_place is not None:
        return because(
            Ground.PREVIOUS,
            zh="在关系所在地缴费 {months_here} 个月，不满 {months_for_drawing} 个月，"
            "回到上一个满规定年限的参保地",
            en="Only {months_here} of {months_for_drawing} months here: the latest earlier place"
            " that has them",
        )
    return because(
        Ground.FALLBACK_HUKOU,
        zh="各参保地均不满 {months_for_drawing} 个月，关系和资金归集到户籍地",
        en="Nowhere {months_for_drawing} months: relation and money are collected at the household's place",
    )


@rule(zh="待遇领取地", en="where the pension is drawn", cites="国办发〔2009〕66号第六条", outcome=True)
def drawing_place(
    ground: Ground, hukou: PlaceCode, here: PlaceCode, previous_place: PlaceCode | None
) -> PlaceCode:
    if ground == Ground.HERE:
        return because(here, zh="在关系所在地{result}领取", en="Drawn where the relation is, in {result}")
    if ground == Ground.PREVIOUS and previous_place is not None:
        return because(
            previous_place,
            zh="在上一个满规定年限的参保地{result}领取",
            en="Drawn in the earlier place, {result}",
        )
    return because(hukou, zh="在户籍地{result}领取", en="Drawn at the household's place, {result}")
