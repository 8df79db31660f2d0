"""Every service that works a credential out brings it by its folder alone: asked of both sides, waited for by
the wallet of the other side's portal before it is issued, and evidence in a case there once it is."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.federation.desks import Clerk, Desk, begin, put_into_other_wallet, submit, take_up_offer
from tests.federation.test_recognition import answer_everything
from tests.pages.browser import press
from tests.reach import SAME_SQL
from tests.services.shipped import SHIPPED
from tongban.federation import sample_directory, sample_records
from tongban.federation.sample_firms import sample_firm
from tongban.federation.sample_people import STORY
from tongban.federation.sides import CHONGQING, SICHUAN, Side
from tongban.services import Definition


def worked_out() -> list[Definition]:
    """The services whose credential comes from evidence and law."""
    return [one for one in sample_directory.definitions() if one.claims]


@dataclass(frozen=True)
class Applicant:
    """Who applies in the sample: a person, or by one who acts for it, a firm."""

    username: str
    firm: str


def applicant(service: Definition) -> Applicant:
    """Somebody of whom Chengdu's agency holds what the credential is made from."""
    file = SHIPPED / service.code.replace("-", "_") / "demo" / "records.toml"
    if not file.is_file():
        return Applicant(STORY, "")
    records = _toml(file)["records"]
    one = next(row for row in records if row["place"] == SICHUAN.office_place and not row.get("everyone"))
    if "firm" not in one:
        return Applicant(str(one["person"]), "")
    firm = sample_firm(str(one["firm"]))
    return Applicant(firm.head, firm.name)


def _toml(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def clerk_of(service: Definition, side: Side) -> str:
    """The officer of the agency that decides on that side."""
    part = service.side(side.office_place)
    assert part is not None
    own = {side.agency: side.officer}
    return (own | {post.agency: post.officer for post in sample_records.posts(side)})[part.agency_code]


def each_service() -> list[object]:
    """Services are data: for PostgreSQL the first for a person and the first for a firm say what all say."""
    seen: set[bool] = set()
    services: list[object] = []
    for service in worked_out():
        is_firms = bool(applicant(service).firm)
        marks = (SAME_SQL,) if is_firms in seen else ()
        services.append(pytest.param(service, id=service.code, marks=marks))
        seen.add(is_firms)
    return services


def accepting(service: Definition) -> Definition:
    """A service that takes the credential as evidence: the same on the other side, else another."""
    vct = str(_toml(SHIPPED / service.code.replace("-", "_") / "credential.toml")["vct"])
    takes = [one for one in sample_directory.definitions() if one.accepted(vct)]
    return service if service in takes else takes[0]


def card_name(service: Definition) -> str:
    return str(_toml(SHIPPED / service.code.replace("-", "_") / "credential.toml")["name"]["zh"])


def apply(desk: Desk, who: Applicant, service: Definition) -> str:
    if who.firm:
        desk.page.goto("/mandates/")
        press(desk.page.get_by_role("button", name=f"替 {who.firm} 办事"))
    begin(desk, service.code)
    answer_everything(desk)
    return submit(desk)


def wait_for_it_elsewhere(here: Desk, there: Desk, number: str) -> None:
    """Have the wallet on the other side wait for what the open case will bring."""
    here.page.goto(f"/cases/{number}/")
    press(here.page.get_by_role("button", name="签发后放进其他钱包"))
    take_up_offer(here.page, there.page)
    expect(there.page.get_by_text("另一地还没有签发").first).to_be_visible()


def issue(desk: Desk, number: str) -> Clerk:
    clerk = Clerk(desk)
    clerk.number = number
    clerk.act("issue")
    expect(clerk.page.get_by_text("已签发").first).to_be_visible()
    return clerk


def show_what_is_asked(desk: Desk, number: str) -> None:
    """Show the card as evidence, with the claims that the service needs."""
    desk.page.goto(f"/cases/{number}/")
    press(desk.page.get_by_role("link", name="用证照作材料"))
    for asked in desk.page.locator(".govuk-checkboxes__item:has(strong) input").all():
        asked.check()
    press(desk.page.get_by_role("button", name="出示这张证照"))


@pytest.mark.parametrize("service", each_service())
def test_what_one_side_works_out_is_evidence_on_the_other(
    sit: Callable[[str, str], Desk], service: Definition
) -> None:
    who = applicant(service)
    here, there = sit(SICHUAN.node, who.username), sit(CHONGQING.node, who.username)
    number = apply(here, who, service)
    if not who.firm:
        wait_for_it_elsewhere(here, there, number)
    issue(sit(SICHUAN.node, clerk_of(service, SICHUAN)), number)
    here.page.goto(f"/cases/{number}/")
    expect(here.page.locator(".outcome--granted")).to_be_visible()
    expect(here.page.get_by_role("heading", name="为什么这样决定")).to_be_visible()

    if who.firm:
        put_into_other_wallet(here.page, there.page, card_name(service))
    else:
        press(there.page.get_by_role("button", name="现在看看"))
        expect(there.page.get_by_role("link", name=card_name(service))).to_be_visible()
    other = accepting(service)
    number = apply(there, who, other)
    show_what_is_asked(there, number)
    clerk = Clerk(sit(CHONGQING.node, clerk_of(other, CHONGQING)))
    clerk.number = number
    clerk.await_shown(clerk.page.locator("[data-verdict-now='valid']"))
    assert not (here.errors + there.errors + clerk.desk.errors)
    assert not (here.foreign + there.foreign + clerk.desk.foreign)
