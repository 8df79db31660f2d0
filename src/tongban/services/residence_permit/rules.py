"""居住证签注与居住年限 (residence permit: yearly endorsement, and the years that count).

Endorsed in the month before each full year the permit goes on; late, its functions rest and the years
count anew.
"""

from tongban.law import Date, because, check, fact, ordered, rule, ruleset

ruleset(
    "residence-permit", version="1", zh="居住证签注与居住年限", en="Residence permit: endorsement and years"
)

MOST_YEARS = 200

issued = fact(Date, past=True, zh="签发日期", en="date of issue")
endorsements = fact(list[Date], at_most=100, zh="历次签注日期", en="dates of endorsement")


@check(
    fact="endorsements",
    zh="签注日期不能早于签发日期",
    en="An endorsement cannot lie before the date of issue",
)
def endorsed_after_issue(issued: Date, endorsements: list[Date]) -> bool:
    return all(endorsed >= issued for endorsed in endorsements)


@rule(
    zh="居住年限起算日",
    en="day from which the years count",
    cites="居住证暂行条例第十条",
    outcome=True,
    scalar_only=True,
)
def counts_from(
    issued: Date, endorsements: list[Date], on: Date, period_years: int, window_months: int
) -> Date:
    start = issued
    periods = 1
    late = 0
    for endorsed in ordered(endorsements):
        due = start.plus_years(min(periods * period_years, MOST_YEARS), overflow="last-day")
        opens = due.plus_months(-window_months, overflow="last-day")
        if endorsed <= on:
            if endorsed > due:
                start = endorsed
                periods = 1
                late = late + 1
            elif endorsed >= opens:
                periods = periods + 1
    if late > 0:
        return because(
            start,
            zh="曾逾期签注，居住年限自补办签注之日 {result} 起连续计算",
            en="An endorsement was late: the years count anew from it, {result}",
        )
    return because(
        start,
        zh="没有逾期后补办的签注，居住年限自签发之日 {result} 起计算",
        en="No endorsement was late: the years count from the issue, {result}",
    )


@rule(zh="签注有效至", en="endorsed until", cites="居住证暂行条例第十条", scalar_only=True)
def endorsed_until(
    counts_from: Date, endorsements: list[Date], on: Date, period_years: int, window_months: int
) -> Date:
    periods = 1
    for endorsed in ordered(endorsements):
        due = counts_from.plus_years(min(periods * period_years, MOST_YEARS), overflow="last-day")
        opens = due.plus_months(-window_months, overflow="last-day")
        if endorsed <= on and opens <= endorsed <= due:
            periods = periods + 1
    return because(
        counts_from.plus_years(min(periods * period_years, MOST_YEARS), overflow="last-day"),
        zh="按每次签注延长 {period_years} 年，有效至 {result}",
        en="Each endorsement extends it by {period_years} year(s): until {result}",
    )


@rule(zh="居住证在有效期内", en="permit valid", cites="居住证暂行条例第十条", outcome=True)
def valid(endorsed_until: Date, on: Date) -> bool:
    if on <= endorsed_until:
        return because(
            True,
            zh="签注有效至 {endorsed_until}，{on} 在有效期内",
            en="Endorsed until {endorsed_until}: valid on {on}",
        )
    return because(
        False,
        zh="签注有效至 {endorsed_until}，{on} 已逾期未签注",
        en="Endorsed until {endorsed_until}: not endorsed in time on {on}",
    )


@rule(zh="使用功能中止", en="functions suspended", cites="居住证暂行条例第十条", outcome=True)
def functions_suspended(valid: bool) -> bool:
    if valid:
        return because(False, zh="使用功能正常", en="The permit's functions are in force")
    return because(
        True,
        zh="逾期未签注，使用功能中止；补办签注后恢复",
        en="Not endorsed in time: the functions rest until it is endorsed",
    )


@rule(zh="连续居住年限", en="continuous years", cites="居住证暂行条例第十条", outcome=True)
def continuous_years(counts_from: Date, endorsed_until: Date, on: Date) -> int:
    last = min(on, endorsed_until)
    return because(
        counts_from.full_years_to(last, leap_day="feb-28"),
        zh="自 {counts_from} 至 {last}，满 {result} 年",
        en="From {counts_from} to {last}: {result} full years",
    )
