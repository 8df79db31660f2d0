"""职工医保退休 (retirement with employee medical insurance) on the contribution months of both sides.

Finds for Chongqing and for Chengdu what counts, what is required, what is missing and what it costs, and
which of the two serves the person better. The two pools' numbers rest on unverified texts; the answer is
indicative.
"""

from tongban.law import (
    Date,
    Fen,
    Month,
    PlaceCode,
    Rate,
    Sex,
    SpellKind,
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
from tongban.services.retirement_age.rules import Category, statutory_retirement_month

ruleset("medical-retirement", version="1", zh="职工医保缴费年限互认与医保退休", en="Medical retirement")

CHONGQING = PlaceCode("500000")
CHENGDU = PlaceCode("510100")
POOLS = (CHONGQING, CHENGDU)
place_name(CHONGQING, zh="重庆", en="Chongqing")
place_name(CHENGDU, zh="成都", en="Chengdu")

sex = fact(Sex, zh="性别", en="sex")
spells = fact(Spells, zh="职工医保缴费记录", en="contribution months", as_time_passes="continues")
apply_month = fact(Month, zh="申请月份", en="month of application", as_time_passes="moves")
contribution_base = fact(
    Fen,
    optional=True,
    at_least=Fen(1),
    at_most=yuan("1000000"),
    zh="月缴费基数",
    en="monthly contribution base",
)


@check(
    fact="sex",
    zh="性别与适用类别不符：60 周岁类别适用于男职工，55、50 周岁类别适用于女职工",
    en="Sex and category do not agree: male60 is for men, female55 and female50 are for women",
)
def sex_agrees_with_category(sex: Sex, category: Category) -> bool:
    return (sex == Sex.MALE) == (category == Category.MALE60)


@check(
    fact="spells",
    zh="缴费记录含有将来的月份：不能晚于申请月份和办理当月",
    en="Some months lie in the future: later than both the application and the decision",
)
def spells_are_not_in_the_future(spells: Spells, apply_month: Month, on: Date) -> bool:
    last = spells.last()
    return last is None or last <= max(apply_month, on.month)


@rule(zh="计入的缴费记录", en="contributions taken into account", cites="社会保险法第三十二条")
def insured_spells(spells: Spells, apply_month: Month) -> Spells:
    return because(
        spells.up_to(apply_month),
        zh="只计至申请月份 {apply_month}",
        en="Only months up to the application in {apply_month} count",
    )


@rule(
    zh="在本统筹区的缴费月数",
    en="months in the pool",
    cites="社会保险法第三十二条",
    outcome="insured_months",
    for_each=POOLS,
)
def months_in_pool(pool: PlaceCode, insured_spells: Spells) -> int:
    return because(
        insured_spells.within(pool).months(), zh="在{pool}缴费 {result} 个月", en="{result} months in {pool}"
    )


@rule(
    zh="两地合计缴费月数（每月只计一次）",
    en="months on both sides, each once",
    cites="社会保险法第三十二条；医保办发〔2021〕43号",
    outcome=True,
)
def insured_months(insured_spells: Spells, months_in_pool_500000: int, months_in_pool_510100: int) -> int:
    together = insured_spells.months()
    twice = insured_spells.within(CHONGQING).overlap(insured_spells.within(CHENGDU))
    elsewhere = together - (months_in_pool_500000 + months_in_pool_510100 - twice)
    if elsewhere > 0:
        return because(
            together,
            zh="各地缴费合计 {result} 个月："
            "重庆 {months_in_pool_500000} + 成都 {months_in_pool_510100} − 重复 {twice}"
            " + 其他地区 {elsewhere}",
            en="{result} months in all:"
            " Chongqing {months_in_pool_500000} + Chengdu {months_in_pool_510100} − counted twice {twice}"
            " + elsewhere {elsewhere}",
        )
    return because(
        together,
        zh="两地缴费合计 {result} 个月："
        "重庆 {months_in_pool_500000} + 成都 {months_in_pool_510100} − 重复 {twice}",
        en="{result} months on both sides:"
        " Chongqing {months_in_pool_500000} + Chengdu {months_in_pool_510100} − counted twice {twice}",
    )


@rule(zh="已达到法定退休年龄", en="retirement age reached", cites="社会保险法第二十七条", outcome=True)
def reached_age(apply_month: Month, statutory_retirement_month: Month) -> bool:
    if apply_month >= statutory_retirement_month:
        return because(
            True,
            zh="法定退休月份为 {statutory_retirement_month}，申请时（{apply_month}）已达到",
            en="Applied in {apply_month}, not before the statutory month {statutory_retirement_month}",
        )
    return because(
        False,
        zh="法定退休月份为 {statutory_retirement_month}，申请时（{apply_month}）尚未达到",
        en="Applied in {apply_month}, before the statutory month {statutory_retirement_month}",
    )


@rule(
    zh="按本统筹区规定计入的记录",
    en="contributions that count under the pool's rule",
    cites="重庆成都双核联动推进公共服务一体化提质扩面行动方案第五项",
    for_each=POOLS,
)
def counted_spells(pool: PlaceCode, insured_spells: Spells, counts_deemed: Table[PlaceCode, bool]) -> Spells:
    if counts_deemed[pool]:
        return because(
            insured_spells,
            zh="{pool}把两地的实际缴费和视同缴费都计入",
            en="{pool} counts paid and deemed months of both sides",
        )
    return because(
        insured_spells.of_kind(SpellKind.ACTUAL),
        zh="{pool}计入两地的实际缴费，视同缴费不计入",
        en="{pool} counts paid months of both sides, not deemed ones",
    )


@rule(
    zh="按本统筹区规定计入的月数",
    en="months that count under the pool's rule",
    cites="重庆成都双核联动推进公共服务一体化提质扩面行动方案第五项",
    for_each=POOLS,
)
def counted_months(pool: PlaceCode, counted_spells: Spells) -> int:
    return because(counted_spells.months(), zh="{pool}计入 {result} 个月", en="{pool} counts {result} months")


@rule(zh="其中实际缴费月数", en="months actually paid", cites="统筹区规定")
def actual_months(insured_spells: Spells) -> int:
    return because(
        insured_spells.of_kind(SpellKind.ACTUAL).months(),
        zh="两地实际缴费合计 {result} 个月",
        en="{result} months were actually paid on both sides",
    )


@rule(zh="最长连续缴费月数", en="longest run of counted months", cites="统筹区规定", for_each=POOLS)
def longest_run_months(pool: PlaceCode, counted_spells: Spells) -> int:
    return because(
        counted_spells.longest_run(),
        zh="在{pool}计入的月份中，最长连续 {result} 个月",
        en="Of the months counted in {pool}, the longest unbroken run is {result}",
    )


@rule(
    zh="要求的月数",
    en="months required",
    cites="社会保险法第二十七条；统筹区规定",
    outcome=True,
    for_each=POOLS,
)
def required_months(
    pool: PlaceCode,
    sex: Sex,
    counted_months: int,
    longest_run_months: int,
    required_total: Table[tuple[PlaceCode, Sex], int],
    required_continuous: Table[PlaceCode, int | None],
) -> int:
    in_all = required_total[pool, sex]
    unbroken = required_continuous[pool]
    if unbroken is not None and counted_months < in_all and longest_run_months >= unbroken:
        return because(
            unbroken,
            zh="{pool}要求累计 {in_all} 个月或连续 {unbroken} 个月，已连续 {longest_run_months} 个月",
            en="{pool} requires {in_all} months or {unbroken} unbroken; {longest_run_months} are unbroken",
        )
    if unbroken is not None:
        return because(
            in_all,
            zh="{pool}要求累计 {in_all} 个月或连续 {unbroken} 个月，按累计计算",
            en="{pool} requires {in_all} months in all or {unbroken} unbroken; the first way is taken",
        )
    return because(
        in_all,
        zh="{pool}要求累计 {in_all} 个月（{sex}）",
        en="{pool} requires {in_all} months in all ({sex})",
    )


@rule(zh="还差的月数", en="months missing", cites="社会保险法第二十七条", outcome=True, for_each=POOLS)
def shortfall_months(
    pool: PlaceCode,
    required_months: int,
    counted_months: int,
    actual_months: int,
    required_actual: Table[PlaceCode, int],
) -> int:
    actual = required_actual[pool]
    in_all_missing = max(required_months - counted_months, 0)
    actual_missing = max(actual - actual_months, 0)
    if actual_missing > in_all_missing:
        return because(
            actual_missing,
            zh="{pool}要求实际缴费 {actual} 个月，已有 {actual_months} 个月，还差 {result} 个月",
            en="{pool} requires {actual} months actually paid, not {actual_months}: {result} are missing",
        )
    if in_all_missing > 0:
        return because(
            in_all_missing,
            zh="{pool}要求 {required_months} 个月，已计入 {counted_months} 个月，还差 {result} 个月",
            en="{pool} requires {required_months} months and counts {counted_months}; {result} are missing",
        )
    return because(
        0,
        zh="{pool}要求 {required_months} 个月，已计入 {counted_months} 个月，不差",
        en="{pool} requires {required_months} months and counts {counted_months}; none is missing",
    )


@rule(
    zh="可在本统筹区办理医保退休",
    en="qualifies in the pool",
    cites="社会保险法第二十七条",
    outcome=True,
    for_each=POOLS,
)
def eligible(pool: PlaceCode, reached_age: bool, shortfall_months: int) -> bool:
    if not reached_age:
        return because(
            False,
            zh="尚未达到法定退休年龄，{pool}暂不能办理",
            en="The retirement age is not reached: not yet in {pool}",
        )
    if shortfall_months > 0:
        return because(
            False,
            zh="在{pool}还差 {shortfall_months} 个月，可补缴或继续缴费",
            en="{shortfall_months} months are missing in {pool}; they may be paid at once or month by month",
        )
    return because(
        True,
        zh="已达到法定退休年龄，年限也够，可在{pool}办理",
        en="Age and months suffice: retirement is possible in {pool}",
    )


@rule(zh="补缴按月的缴费基数", en="base for each month of a top-up", cites="统筹区规定", for_each=POOLS)
def top_up_base(pool: PlaceCode, contribution_base: Fen | None, lower_base: Table[PlaceCode, Fen]) -> Fen:
    base = contribution_base if contribution_base is not None else lower_base[pool]
    return because(
        base,
        zh="每月按基数 {result}（未填写本人基数的，按{pool}当年下限）",
        en="A monthly base of {result} (the lower limit in {pool} unless the person gave one)",
    )


@rule(
    zh="一次性补缴金额（估算）",
    en="cost of a top-up (estimate)",
    cites="社会保险法第二十七条；统筹区规定",
    outcome=True,
    for_each=POOLS,
)
def top_up(
    pool: PlaceCode, shortfall_months: int, top_up_base: Fen, top_up_rate: Table[PlaceCode, Rate]
) -> Fen:
    if shortfall_months == 0:
        return because(Fen(0), zh="在{pool}不需要补缴", en="No top-up is needed in {pool}")
    rate = top_up_rate[pool]
    return because(
        round_half_up(shortfall_months * top_up_base * rate),
        zh="补缴 {shortfall_months} 个月 × 基数 {top_up_base} × 费率 {rate} = {result}，以经办机构核定为准",
        en="{shortfall_months} months × base {top_up_base} × rate {rate} = {result}; the agency decides",
    )


@rule(
    zh="建议办理地",
    en="recommended pool",
    cites="重庆成都双核联动推进公共服务一体化提质扩面行动方案第五项",
    outcome=True,
)
def recommended_pool(
    insured_spells: Spells,
    eligible_500000: bool,
    eligible_510100: bool,
    top_up_500000: Fen,
    top_up_510100: Fen,
    months_in_pool_500000: int,
    months_in_pool_510100: int,
) -> PlaceCode:
    if eligible_500000 != eligible_510100:
        return because(
            CHONGQING if eligible_500000 else CHENGDU,
            zh="只有{result}一边现在就可办理",
            en="Only {result} can be used now",
        )
    if top_up_500000 != top_up_510100:
        return because(
            CHONGQING if top_up_500000 < top_up_510100 else CHENGDU,
            zh="补缴金额重庆 {top_up_500000}、成都 {top_up_510100}，{result}较少",
            en="A top-up costs {top_up_500000} in Chongqing and {top_up_510100} in Chengdu: less in {result}",
        )
    if months_in_pool_500000 != months_in_pool_510100:
        return because(
            CHONGQING if months_in_pool_500000 > months_in_pool_510100 else CHENGDU,
            zh="两边条件相同，重庆缴费 {months_in_pool_500000} 个月、"
            "成都 {months_in_pool_510100} 个月，{result}较长",
            en="Alike; {months_in_pool_500000} months in Chongqing, {months_in_pool_510100} in Chengdu:"
            " more in {result}",
        )
    place = insured_spells.last_place()
    return because(
        CHENGDU if place is not None and place.province == CHENGDU.province else CHONGQING,
        zh="两边条件和缴费月数都相同，按最后一个月的缴费地选{result}",
        en="Both are alike; the place of the last month decides for {result}",
    )


@rule(
    zh="继续缴费还需的月数", en="months of going on", cites="社会保险法第二十七条；统筹区规定", for_each=POOLS
)
def months_to_go(
    pool: PlaceCode,
    apply_month: Month,
    counted_spells: Spells,
    shortfall_months: int,
    required_continuous: Table[PlaceCode, int | None],
) -> int:
    unbroken = required_continuous[pool]
    latest = apply_month if apply_month in counted_spells else apply_month - 1
    run = counted_spells.run_ending(latest)
    if unbroken is not None and max(unbroken - run, 0) < shortfall_months:
        return because(
            max(unbroken - run, 0),
            zh="到申请时已连续 {run} 个月，不中断再缴 {result} 个月即满连续 {unbroken} 个月，"
            "比累计还差的 {shortfall_months} 个月快",
            en="The present run is {run} months; {result} more without a break make {unbroken}, sooner than"
            " the {shortfall_months} missing in all",
        )
    if shortfall_months == 0:
        return because(0, zh="在{pool}年限已够", en="No more months are needed in {pool}")
    return because(shortfall_months, zh="在{pool}还需 {result} 个月", en="{result} more months in {pool}")


@rule(zh="最早可办理月份", en="earliest month", cites="社会保险法第二十七条", outcome=True)
def earliest_eligible_month(
    apply_month: Month, statutory_retirement_month: Month, months_to_go_500000: int, months_to_go_510100: int
) -> Month:
    missing = min(months_to_go_500000, months_to_go_510100)
    enough = apply_month + missing
    if enough >= statutory_retirement_month and missing > 0:
        return because(
            enough,
            zh="从申请月份起继续缴费，再缴 {missing} 个月即够，最早 {result}",
            en="Paying on from the application, {missing} more months are enough: {result} at the earliest",
        )
    if enough >= statutory_retirement_month:
        return because(
            enough,
            zh="年龄和年限都已够，申请当月 {result} 即可",
            en="Age and months suffice: in {result}, the month of application",
        )
    return because(
        statutory_retirement_month,
        zh="须到法定退休月份 {result}",
        en="Not before the statutory month, {result}",
    )
