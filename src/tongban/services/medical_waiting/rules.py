"""职工医保转移接续的待遇等待期 (waiting after a gap or a change of scheme) by the national transfer rule.

Says how long the destination may let a person wait at most, and whether benefits reach back over the gap.
"""

from tongban.law import because, fact, rule, ruleset

ruleset(
    "medical-waiting",
    version="1",
    zh="医保关系转移接续待遇等待期",
    en="Waiting time after a transfer of insurance",
)

gap_months = fact(int, at_least=0, at_most=1200, zh="中断缴费月数", en="months of interruption")
continuous_months_before = fact(
    int, at_least=0, at_most=1200, zh="中断前连续参保月数", en="unbroken months of insurance before the gap"
)
scheme_switch = fact(
    bool, zh="在职工医保与居民医保之间转换", en="change between employees' and residents' scheme"
)


@rule(
    zh="衔接后待遇连续",
    en="benefits reach back over the gap",
    cites="医保办发〔2021〕43号（基本医疗保险关系转移接续暂行办法）待遇衔接条款",
    outcome=True,
)
def retroactive(
    gap_months: int,
    continuous_months_before: int,
    scheme_switch: bool,
    tolerated_gap_months: int,
    continuous_months_for_switch: int,
) -> bool:
    if gap_months > tolerated_gap_months:
        return because(
            False,
            zh="中断 {gap_months} 个月，超过 {tolerated_gap_months} 个月",
            en="The gap of {gap_months} months is longer than {tolerated_gap_months}",
        )
    if scheme_switch and continuous_months_before < continuous_months_for_switch:
        return because(
            False,
            zh="转换险种前连续参保 {continuous_months_before} 个月，不足 {continuous_months_for_switch} 个月",
            en="Insured {continuous_months_before} months before the change of scheme;"
            " {continuous_months_for_switch} needed",
        )
    return because(
        True,
        zh="中断 {gap_months} 个月，未超过 {tolerated_gap_months} 个月，"
        "按转入地规定办理参保缴费后可享受中断期间的待遇",
        en="The gap of {gap_months} months is not longer than {tolerated_gap_months}: benefits reach"
        " back once it is paid",
    )


@rule(
    zh="等待期最长月数",
    en="waiting months at most",
    cites="医保办发〔2021〕43号（基本医疗保险关系转移接续暂行办法）待遇衔接条款",
    outcome=True,
)
def waiting_months_at_most(retroactive: bool, longest_waiting_months: int) -> int:
    if retroactive:
        return because(0, zh="待遇连续，无等待期", en="Benefits go on: no waiting")
    return because(
        longest_waiting_months,
        zh="转入地可以设置等待期，最长不超过 {result} 个月",
        en="The destination may set a waiting time of {result} months at most",
    )
