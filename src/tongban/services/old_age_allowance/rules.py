"""高龄津贴 (old-age allowance): age on a day, age band, and the monthly amount where it is known.

Amounts are set locally and are unverified; where none was found the amount is left open, never guessed.
"""

from tongban.law import Choice, Date, Fen, PlaceCode, Table, because, fact, place_name, rule, ruleset

ruleset("old-age-allowance", version="1", zh="高龄津贴", en="Old-age allowance")

place_name(PlaceCode("500000"), zh="重庆", en="Chongqing")
place_name(PlaceCode("510000"), zh="四川", en="Sichuan")
place_name(PlaceCode("510100"), zh="成都", en="Chengdu")


class Band(Choice):
    """Age bands of the allowance (年龄段)."""

    UNDER_80 = "under-80", "未满 80 周岁", "under 80"
    FROM_80 = "80-89", "80～89 周岁", "80–89"
    FROM_90 = "90-99", "90～99 周岁", "90–99"
    FROM_100 = "100+", "100 周岁以上", "100 and over"


birth_date = fact(Date, past=True, zh="出生日期", en="date of birth")
hukou = fact(PlaceCode, zh="户籍地", en="place of household registration")


@rule(zh="周岁", en="age in years", cites="民法典第二百零二条", outcome=True)
def age_years(birth_date: Date, on: Date) -> int:
    return because(
        birth_date.full_years_to(on, leap_day="feb-28"),
        zh="{birth_date}出生，到 {on} 满 {result} 周岁",
        en="Born on {birth_date}: {result} years old on {on}",
    )


@rule(zh="年龄段", en="age band", cites="各地高龄津贴规定", outcome=True)
def band(age_years: int, band_from_age: Table[int, Band]) -> Band:
    return because(
        band_from_age[age_years], zh="{age_years} 周岁，属于{result}", en="{age_years} years: {result}"
    )


@rule(zh="每月金额", en="monthly amount", cites="各地高龄津贴规定", outcome=True)
def monthly_amount(
    hukou: PlaceCode, band: Band, amounts: Table[tuple[PlaceCode, Band], Fen | None]
) -> Fen | None:
    amount = amounts[hukou, band]
    if amount is None:
        return because(
            amount,
            zh="户籍地对{band}的标准由区县规定，平台尚未查到，请以当地民政部门为准",
            en="The district sets the amount for {band}; it was not found: ask the local civil"
            " affairs office",
        )
    if amount == Fen(0):
        return because(
            amount,
            zh="{band}在户籍地没有普惠性高龄津贴",
            en="There is no general allowance for {band} at the household's place",
        )
    return because(
        amount,
        zh="户籍地对{band}的最低标准为每月 {result}，区县可以更高",
        en="At least {result} a month for {band} at the household's place; districts may pay more",
    )
