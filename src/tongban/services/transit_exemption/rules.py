"""240 小时过境免签 (240-hour transit without visa): nationality, passport, ports, destination, area.

Says whether the journey is allowed, until which day (24:00) to leave, every ground against it, and the
stops outside the open area. The lists are those in force on the day of arrival.
"""

from tongban.law import (
    Choice,
    Date,
    Dated,
    DateTime,
    PlaceCode,
    because,
    fact,
    place_name,
    rule,
    ruleset,
    those,
)

ruleset("transit-exemption", version="2", zh="240 小时过境免签", en="240-hour visa-free transit")

place_name(PlaceCode("500000"), zh="重庆", en="Chongqing")
place_name(PlaceCode("510000"), zh="四川", en="Sichuan")
place_name(PlaceCode("510100"), zh="成都", en="Chengdu")
place_name(PlaceCode("510300"), zh="自贡", en="Zigong")
place_name(PlaceCode("510500"), zh="泸州", en="Luzhou")
place_name(PlaceCode("510600"), zh="德阳", en="Deyang")
place_name(PlaceCode("510900"), zh="遂宁", en="Suining")
place_name(PlaceCode("511000"), zh="内江", en="Neijiang")
place_name(PlaceCode("511100"), zh="乐山", en="Leshan")
place_name(PlaceCode("511400"), zh="眉山", en="Meishan")
place_name(PlaceCode("511500"), zh="宜宾", en="Yibin")
place_name(PlaceCode("511800"), zh="雅安", en="Ya’an")
place_name(PlaceCode("512000"), zh="资阳", en="Ziyang")


class Ground(Choice):
    """What stands against the exemption (不符合的条件)."""

    NATIONALITY = "nationality", "国籍不在适用国家名单内", "the nationality is not on the list"
    PASSPORT = "passport", "护照有效期不足", "the passport expires too soon"
    ENTRY_PORT = "entry_port", "入境口岸不适用", "the port of entry is not on the list"
    EXIT_PORT = "exit_port", "出境口岸不适用", "the port of exit is not on the list"
    THIRD_COUNTRY = "third_country", "不是前往第三国（地区）", "the destination is no third country or region"
    ONWARD_TICKET = (
        "onward_ticket",
        "联程客票不在停留期限内",
        "the onward ticket is not within the time allowed",
    )
    AREA = "area", "行程超出允许停留区域", "a stop lies outside the open area"


nationality = fact(str, matches="[A-Z]{2}", zh="国籍", en="nationality")
passport_expires = fact(Date, zh="护照有效期至", en="passport expires")
arrival = fact(DateTime, zh="入境时间", en="arrival")
entry_port = fact(str, matches="[A-Z]{3}|[A-Z]{2}[A-Z2-9]{3}", zh="入境口岸", en="port of entry")
from_country = fact(str, matches="[A-Z]{2}", zh="来自国家（地区）", en="coming from")
to_country = fact(str, matches="[A-Z]{2}", zh="前往国家（地区）", en="going to")
onward_departure = fact(DateTime, zh="离境航班时间", en="onward departure")
exit_port = fact(str, matches="[A-Z]{3}|[A-Z]{2}[A-Z2-9]{3}", zh="出境口岸", en="port of exit")
stops = fact(list[PlaceCode], at_most=200, zh="停留地", en="stops")

HOME = "CN"


@rule(zh="可以过境免签", en="allowed", cites="国家移民管理局公告", outcome=True, scalar_only=True)
def allowed(reasons: list[Ground], leave_by: Date) -> bool:
    if len(reasons) == 0:
        return because(
            True,
            zh="可以免签入境，停留至 {leave_by} 24 时",
            en="May enter without a visa and stay until 24:00 on {leave_by}",
        )
    return because(False, zh="不能适用过境免签：{reasons}", en="The exemption does not apply: {reasons}")


@rule(
    zh="最迟离境日（当日 24 时）",
    en="leave by the end of this day",
    cites="国家移民管理局公告（2024-12-17）：自入境次日零时起计算",
    outcome=True,
)
def leave_by(arrival: DateTime, stay_days: Dated[int]) -> Date:
    arrived = arrival.date
    days = stay_days.at(arrived)
    return because(
        arrived + days,
        zh="{arrived} 入境，自次日零时起 {days} 天，须在 {result} 24 时前离境",
        en="Arrived on {arrived}; {days} days from the next midnight: leave by 24:00 on {result}",
    )


@rule(zh="国籍适用", en="nationality on the list", cites="国家移民管理局公告：适用国家名单")
def nationality_listed(nationality: str, arrival: DateTime, countries: Dated[frozenset[str]]) -> bool:
    if nationality in countries.at(arrival.date):
        return because(True, zh="{nationality} 在适用国家名单内", en="{nationality} is on the list")
    return because(False, zh="{nationality} 不在适用国家名单内", en="{nationality} is not on the list")


@rule(zh="护照有效期足够", en="passport valid long enough", cites="国家移民管理局公告：有效期不少于 3 个月")
def passport_lasts(passport_expires: Date, arrival: DateTime, passport_months: Dated[int]) -> bool:
    months = passport_months.at(arrival.date)
    needed = arrival.date.plus_months(months, overflow="last-day")
    if passport_expires >= needed:
        return because(
            True,
            zh="护照有效至 {passport_expires}，不早于 {needed}（入境后 {months} 个月）",
            en="The passport expires on {passport_expires}, not before {needed} ({months} months"
            " after arrival)",
        )
    return because(
        False,
        zh="护照有效至 {passport_expires}，早于 {needed}（入境后 {months} 个月）",
        en="The passport expires on {passport_expires}, before {needed} ({months} months after arrival)",
    )


@rule(zh="入境口岸适用", en="port of entry on the list", cites="国家移民管理局公告：适用口岸名单")
def entry_port_listed(
    entry_port: str,
    arrival: DateTime,
    ports: Dated[frozenset[str]],
    ports_unverified: Dated[frozenset[str]],
) -> bool:
    if entry_port in ports.at(arrival.date):
        return because(True, zh="{entry_port} 是适用口岸", en="{entry_port} is on the list")
    if entry_port in ports_unverified.at(arrival.date):
        return because(
            True,
            zh="{entry_port} 是适用口岸，但代码未核实",
            en="{entry_port} is on the list, but its code is not verified",
        )
    return because(False, zh="{entry_port} 不是适用口岸", en="{entry_port} is not on the list")


@rule(zh="出境口岸适用", en="port of exit on the list", cites="国家移民管理局公告：适用口岸名单")
def exit_port_listed(
    exit_port: str,
    arrival: DateTime,
    ports: Dated[frozenset[str]],
    ports_unverified: Dated[frozenset[str]],
) -> bool:
    if exit_port in ports.at(arrival.date):
        return because(True, zh="{exit_port} 是适用口岸", en="{exit_port} is on the list")
    if exit_port in ports_unverified.at(arrival.date):
        return because(
            True,
            zh="{exit_port} 是适用口岸，但代码未核实",
            en="{exit_port} is on the list, but its code is not verified",
        )
    return because(False, zh="{exit_port} 不是适用口岸", en="{exit_port} is not on the list")


@rule(
    zh="前往第三国（地区）", en="third country or region", cites="国家移民管理局公告：过境前往第三国（地区）"
)
def goes_to_third_country(from_country: str, to_country: str) -> bool:
    if HOME in (from_country, to_country):
        return because(
            False,
            zh="来自 {from_country}、前往 {to_country}，不是从境外过境前往第三国（地区）",
            en="From {from_country} to {to_country} is no transit to a third country or region",
        )
    if from_country == to_country:
        return because(
            False,
            zh="来自 {from_country}，又回到 {to_country}，不是第三国（地区）",
            en="From {from_country} back to {to_country}: no third country or region",
        )
    return because(
        True,
        zh="来自 {from_country}，前往 {to_country}，是第三国（地区）；香港、澳门、台湾各为地区",
        en="From {from_country} to {to_country}, a third country or region; Hong Kong, Macao, Taiwan"
        " are regions",
    )


@rule(
    zh="联程客票在期限内",
    en="onward ticket in time",
    cites="国家移民管理局公告：240 小时内确定日期和座位的联程客票",
)
def ticket_in_time(arrival: DateTime, onward_departure: DateTime, leave_by: Date) -> bool:
    if onward_departure <= arrival:
        return because(
            False,
            zh="离境时间 {onward_departure} 不晚于入境时间",
            en="The departure at {onward_departure} is not after the arrival",
        )
    if onward_departure.date > leave_by:
        return because(
            False,
            zh="离境时间 {onward_departure} 晚于 {leave_by} 24 时",
            en="The departure at {onward_departure} is later than 24:00 on {leave_by}",
        )
    return because(
        True,
        zh="离境时间 {onward_departure} 不晚于 {leave_by} 24 时",
        en="The departure at {onward_departure} is not later than 24:00 on {leave_by}",
    )


@rule(
    zh="超出允许停留区域的停留地",
    en="stops outside the open area",
    cites="国家移民管理局公告：停留活动区域",
    outcome=True,
    scalar_only=True,
)
def bad_stops(
    stops: list[PlaceCode], arrival: DateTime, open_area: Dated[frozenset[PlaceCode]]
) -> list[PlaceCode]:
    area = open_area.at(arrival.date)
    outside = [stop for stop in stops if not stop.within_any(area)]
    if len(outside) == 0:
        return because(outside, zh="停留地都在允许区域内", en="All stops lie in the open area")
    return because(outside, zh="超出允许区域：{result}", en="Outside the open area: {result}")


@rule(zh="不符合的条件", en="grounds against", cites="国家移民管理局公告", outcome=True, scalar_only=True)
def reasons(
    nationality_listed: bool,
    passport_lasts: bool,
    entry_port_listed: bool,
    exit_port_listed: bool,
    goes_to_third_country: bool,
    ticket_in_time: bool,
    bad_stops: list[PlaceCode],
) -> list[Ground]:
    against = those(
        {
            Ground.NATIONALITY: not nationality_listed,
            Ground.PASSPORT: not passport_lasts,
            Ground.ENTRY_PORT: not entry_port_listed,
            Ground.EXIT_PORT: not exit_port_listed,
            Ground.THIRD_COUNTRY: not goes_to_third_country,
            Ground.ONWARD_TICKET: not ticket_in_time,
            Ground.AREA: len(bad_stops) > 0,
        }
    )
    if len(against) == 0:
        return because(against, zh="条件全部符合", en="All conditions are met")
    return because(against, zh="不符合：{result}", en="Not met: {result}")
