"""车船税 (vehicle and vessel tax) for a year: by kind, engine size or weight, at the province's rate.

Car bands of Chongqing and Sichuan; where no local rate was found the statute's minimum stands in, marked
unverified.
"""

from tongban.law import (
    Choice,
    Fen,
    PlaceCode,
    Rate,
    Table,
    because,
    check,
    fact,
    place_name,
    round_half_up,
    round_up,
    rule,
    ruleset,
)

ruleset("vehicle-tax", version="1", zh="车船税", en="Vehicle and vessel tax")

place_name(PlaceCode("500000"), zh="重庆", en="Chongqing")
place_name(PlaceCode("510000"), zh="四川", en="Sichuan")
place_name(PlaceCode("510100"), zh="成都", en="Chengdu")


class Kind(Choice):
    """Kinds of vehicles and vessels in the statute's annex (税目)."""

    CAR = "car", "乘用车（核定载客 9 人以下）", "passenger car (up to 9 seats)"
    BUS = "bus", "客车（核定载客 9 人以上）", "bus (more than 9 seats)"
    TRUCK = "truck", "货车", "truck"
    TRAILER = "trailer", "挂车", "trailer"
    SPECIAL = "special", "专用作业车、轮式专用机械车", "special vehicle"
    MOTORCYCLE = "motorcycle", "摩托车", "motorcycle"
    VESSEL = "vessel", "机动船舶", "motor vessel"
    TUG = "tug", "拖船", "tug"
    BARGE = "barge", "非机动驳船", "barge"


BY_WEIGHT = (Kind.TRUCK, Kind.TRAILER, Kind.SPECIAL, Kind.VESSEL, Kind.TUG, Kind.BARGE)
VESSELS = (Kind.VESSEL, Kind.TUG, Kind.BARGE)

place = fact(PlaceCode, zh="登记地", en="place of registration")
kind = fact(Kind, zh="税目", en="kind")
displacement_ml = fact(
    int,
    optional=True,
    at_least=1,
    at_most=100_000,
    zh="发动机排气量（毫升）",
    en="engine size in millilitres",
)
tonnes = fact(
    Rate,
    optional=True,
    at_least=Rate("0"),
    at_most=Rate("1000000"),
    zh="整备质量或净吨位（吨）",
    en="kerb weight or net tonnage in tonnes",
)
rural_passenger = fact(bool, default=False, zh="农村客运车辆", en="rural passenger service")
new_energy = fact(
    bool, default=False, zh="免税目录内的新能源车船", en="new energy, in the exemption catalogue"
)


@check(
    fact="displacement_ml",
    zh="乘用车需要填写发动机排气量",
    en="The engine size is needed for a passenger car",
)
def car_has_displacement(
    kind: Kind, displacement_ml: int | None, new_energy: bool, rural_passenger: bool
) -> bool:
    return kind != Kind.CAR or new_energy or rural_passenger or displacement_ml is not None


@check(
    fact="tonnes",
    zh="该税目按吨计征，需要填写吨数",
    en="This kind is taxed by the tonne: the tonnes are needed",
)
def weighed_kind_has_tonnes(kind: Kind, tonnes: Rate | None, new_energy: bool, rural_passenger: bool) -> bool:
    return kind not in BY_WEIGHT or new_energy or rural_passenger or tonnes is not None


@rule(zh="免征", en="exempt", cites="车船税法第四条、第五条", outcome=True)
def exempt(
    place: PlaceCode, new_energy: bool, rural_passenger: bool, rural_passenger_exempt: Table[PlaceCode, bool]
) -> bool:
    if new_energy:
        return because(True, zh="新能源车船，免征", en="New energy: exempt")
    if rural_passenger and rural_passenger_exempt[place]:
        return because(
            True, zh="农村客运车辆，当地规定免征", en="Rural passenger service: exempt by the local rule"
        )
    return because(False, zh="没有免征事由", en="No ground for exemption")


@rule(zh="每吨税额", en="tax for each tonne", cites="车船税法附车船税税目税额表；车船税法实施条例第四条")
def tax_per_tonne(
    place: PlaceCode,
    kind: Kind,
    tonnes: Rate | None,
    truck_per_tonne: Table[PlaceCode, Fen],
    vessel_per_tonne: Table[int, Fen],
) -> Fen:
    if tonnes is None:
        return because(Fen(0), zh="不按吨计征", en="Not taxed by the tonne")
    if kind in VESSELS:
        return because(
            vessel_per_tonne[round_up(tonnes * 1)],
            zh="净吨位 {tonnes} 吨，每吨 {result}",
            en="Net tonnage {tonnes}: {result} a tonne",
        )
    return because(
        truck_per_tonne[place], zh="整备质量每吨 {result}", en="{result} for each tonne of kerb weight"
    )


@rule(zh="减半征收的比例", en="share that is due", cites="车船税法附车船税税目税额表")
def share_due(kind: Kind, share_by_kind: Table[Kind, Rate]) -> Rate:
    return because(
        share_by_kind[kind], zh="{kind}按税额的 {result} 计征", en="{result} of the rate is due for a {kind}"
    )


@rule(zh="全年税额", en="tax for the year", cites="车船税法附车船税税目税额表；省级适用税额", outcome=True)
def yearly_tax(
    place: PlaceCode,
    kind: Kind,
    exempt: bool,
    displacement_ml: int | None,
    tonnes: Rate | None,
    tax_per_tonne: Fen,
    share_due: Rate,
    car_tax: Table[tuple[PlaceCode, int], Fen],
    unit_tax: Table[tuple[PlaceCode, Kind], Fen],
) -> Fen:
    if exempt:
        return because(Fen(0), zh="免征，税额为零", en="Exempt: nothing is due")
    if kind == Kind.CAR and displacement_ml is not None:
        return because(
            car_tax[place, displacement_ml],
            zh="排气量 {displacement_ml} 毫升的乘用车，每年 {result}",
            en="A car of {displacement_ml} ml: {result} a year",
        )
    if kind in BY_WEIGHT and tonnes is not None:
        full = round_half_up(tax_per_tonne * tonnes)
        return because(
            round_half_up(full * share_due),
            zh="{tonnes} 吨 × 每吨 {tax_per_tonne} × {share_due} = {result}",
            en="{tonnes} tonnes × {tax_per_tonne} × {share_due} = {result}",
        )
    return because(unit_tax[place, kind], zh="{kind}每辆每年 {result}", en="{kind}: {result} a year")
