"""门诊慢特病跨省直接结算 (settling an outpatient bill for a chronic disease in another province).

What is covered is decided by the catalogue of the place of care; deductible, share and cap by the place
of insurance.
"""

from tongban.law import (
    Choice,
    Fen,
    PlaceCode,
    Rate,
    Record,
    Table,
    because,
    check,
    fact,
    place_name,
    round_half_up,
    rule,
    ruleset,
    total,
    yuan,
)

ruleset(
    "chronic-disease",
    version="1",
    zh="门诊慢特病跨省直接结算",
    en="Settling chronic disease bills across provinces",
)

place_name(PlaceCode("500000"), zh="重庆", en="Chongqing")
place_name(PlaceCode("510000"), zh="四川", en="Sichuan")
place_name(PlaceCode("510100"), zh="成都", en="Chengdu")


class DrugClass(Choice):
    """Class of an item in the medical insurance catalogue (目录类别)."""

    A = "A", "甲类", "class A"
    B = "B", "乙类", "class B"
    C = "C", "丙类（自费）", "class C, not covered"


class Line(Record):
    """One line of the bill (费用明细)."""

    amount: Fen = fact(Fen, at_most=yuan("10000000"), zh="金额", en="amount")
    class_: DrugClass = fact(DrugClass, zh="目录类别", en="class")
    linked: bool = fact(bool, zh="与备案病种相关", en="belongs to the registered disease")


insured_place = fact(PlaceCode, zh="参保地", en="place of insurance")
care_place = fact(PlaceCode, zh="就医地", en="place of care")
disease = fact(str, zh="病种", en="disease")
lines = fact(list[Line], at_most=1000, zh="费用明细", en="lines of the bill")
deductible_left = fact(Fen, at_most=yuan("10000000"), zh="剩余起付线", en="deductible left")
cap_left = fact(Fen, at_most=yuan("1000000000"), zh="剩余支付限额", en="cap left")
hospital_level = fact(int, at_least=1, at_most=3, zh="医院级别", en="level of the hospital")
retired = fact(bool, zh="退休人员", en="retired")


@check(
    fact="disease",
    zh="该病种尚未开通跨省直接结算，可回参保地手工报销",
    en="This disease cannot be settled across provinces yet; it can be reimbursed at the place of insurance",
)
def disease_is_settled(disease: str, settled_diseases: frozenset[str]) -> bool:
    return disease in settled_diseases


@rule(zh="费用总额", en="whole bill", cites="医保发〔2022〕22号", scalar_only=True)
def billed(lines: list[Line]) -> Fen:
    return because(
        total(line.amount for line in lines), zh="费用总额 {result}", en="The whole bill is {result}"
    )


@rule(
    zh="目录范围内金额",
    en="covered by the catalogue",
    cites="医保发〔2022〕22号：就医地目录",
    outcome=True,
    scalar_only=True,
)
def in_scope(lines: list[Line], care_place: PlaceCode, first_pay: Table[PlaceCode, Rate]) -> Fen:
    class_a = total(line.amount for line in lines if line.class_ == DrugClass.A)
    class_b = total(line.amount for line in lines if line.class_ == DrugClass.B)
    first = first_pay[care_place]
    return because(
        class_a + class_b - round_half_up(class_b * first),
        zh="甲类 {class_a} 全部计入，乙类 {class_b} 先自付 {first}，合计 {result}",
        en="Class A {class_a} in full, class B {class_b} less the first {first}: {result}",
    )


@rule(
    zh="与病种相关的金额",
    en="linked to the disease",
    cites="医保发〔2022〕22号",
    outcome=True,
    scalar_only=True,
)
def linked(lines: list[Line], care_place: PlaceCode, first_pay: Table[PlaceCode, Rate]) -> Fen:
    class_a = total(line.amount for line in lines if line.linked and line.class_ == DrugClass.A)
    class_b = total(line.amount for line in lines if line.linked and line.class_ == DrugClass.B)
    first = first_pay[care_place]
    return because(
        class_a + class_b - round_half_up(class_b * first),
        zh="其中与病种相关：甲类 {class_a}，乙类 {class_b} 先自付 {first}，合计 {result}",
        en="Of that for the disease: class A {class_a}, class B {class_b} less the first {first}: {result}",
    )


@rule(zh="本次计入起付线", en="deductible used", cites="医保发〔2022〕22号：参保地政策", outcome=True)
def deductible_used(linked: Fen, deductible_left: Fen) -> Fen:
    return because(
        min(linked, deductible_left),
        zh="相关金额 {linked}，剩余起付线 {deductible_left}，本次计入 {result}",
        en="{linked} for the disease, {deductible_left} of the deductible left: {result} used",
    )


@rule(zh="支付比例", en="share the fund pays", cites="医保发〔2022〕22号：参保地政策")
def share(
    insured_place: PlaceCode,
    hospital_level: int,
    retired: bool,
    fund_share: Table[tuple[PlaceCode, int], Rate],
    share_added_for_retired: Table[PlaceCode, Rate],
) -> Rate:
    of_level = fund_share[insured_place, hospital_level]
    if retired:
        added = share_added_for_retired[insured_place]
        return because(
            of_level + added,
            zh="{hospital_level} 级医院支付比例 {of_level}，退休人员增加 {added}：{result}",
            en="Level {hospital_level} hospital: {of_level}, and {added} for the retired: {result}",
        )
    return because(
        of_level,
        zh="{hospital_level} 级医院支付比例 {result}",
        en="Level {hospital_level} hospital: {result}",
    )


@rule(zh="基金支付", en="the fund pays", cites="医保发〔2022〕22号：参保地政策", outcome=True)
def fund_pays(linked: Fen, deductible_used: Fen, share: Rate, cap_left: Fen) -> Fen:
    above = linked - deductible_used
    by_share = round_half_up(above * share)
    if by_share > cap_left:
        return because(
            cap_left,
            zh="起付线以上 {above} × {share} = {by_share}，超过剩余限额，支付 {cap_left}",
            en="{above} above the deductible × {share} = {by_share}, more than the cap leaves: {cap_left}",
        )
    return because(
        by_share,
        zh="起付线以上 {above} × {share} = {result}",
        en="{above} above the deductible × {share} = {result}",
    )


@rule(zh="个人支付", en="the person pays", cites="医保发〔2022〕22号", outcome=True)
def person_pays(billed: Fen, fund_pays: Fen) -> Fen:
    return because(
        billed - fund_pays,
        zh="总额 {billed} − 基金支付 {fund_pays} = {result}",
        en="{billed} − {fund_pays} paid by the fund = {result}",
    )


@rule(zh="本次占用限额", en="cap used", cites="医保发〔2022〕22号：参保地政策", outcome=True)
def cap_used(fund_pays: Fen) -> Fen:
    return because(
        fund_pays, zh="基金支付 {result} 计入限额", en="The fund's {result} counts towards the cap"
    )
