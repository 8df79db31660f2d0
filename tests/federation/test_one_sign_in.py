"""One sign-in for both sides: an account on one side opens the other side's portal, after consent."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.federation.two_nodes import PATIENCE_SECONDS, TwoNodes
from tests.pages.browser import press
from tongban.federation.sample_people import sample_person
from tongban.federation.sides import CHONGQING, SICHUAN, Side

USERNAME = "zhou.xiuying"


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    yield context.new_page()
    context.close()


def ask(
    page: Page, two_nodes: TwoNodes, username: str = USERNAME, at: Side = SICHUAN, vouching: Side = CHONGQING
) -> None:
    """From one side's sign-in page to the other's question whether to agree."""
    page.goto(f"{two_nodes.pages_url(at.node)}/sign-in/")
    press(page.get_by_role("button", name=f"用{vouching.title.zh}的账号登录"))
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码", exact=True).fill(two_nodes.federation.password)
    press(page.get_by_role("button", name="登录", exact=True))
    page.get_by_role("heading", name=f"用这里的账号登录{at.title.zh}的门户吗？").wait_for()


def accounts(two_nodes: TwoNodes, at: Side) -> int:
    return two_nodes.count(at.node, "SELECT count(*) FROM people_account")


def passed_on(two_nodes: TwoNodes, to: Side = SICHUAN, vouching: Side = CHONGQING) -> int:
    return two_nodes.count(
        vouching.node,
        "SELECT count(*) FROM people_accessrecord record JOIN people_person USING (pseudonym)"
        ' WHERE resident_id = %s AND asking_node = %s AND fields = \'["name", "resident_id"]\'',
        sample_person(USERNAME).resident_number,
        to.node,
    )


@pytest.mark.parametrize(
    ("at", "vouching"), [(SICHUAN, CHONGQING), (CHONGQING, SICHUAN)], ids=["at-sichuan", "at-chongqing"]
)
def test_a_citizen_of_one_side_is_let_in_at_the_other_as_the_person_known_there(
    page: Page, two_nodes: TwoNodes, at: Side, vouching: Side
) -> None:
    before, told = accounts(two_nodes, at), passed_on(two_nodes, at, vouching)
    ask(page, two_nodes, at=at, vouching=vouching)
    press(page.get_by_role("button", name="同意并登录"))
    page.wait_for_url(f"{two_nodes.pages_url(at.node)}/cases/")
    assert sample_person(USERNAME).name in page.content()
    assert accounts(two_nodes, at) == before
    assert passed_on(two_nodes, at, vouching) == told + 1


def test_who_does_not_agree_is_told_what_to_do_and_nothing_is_passed_on(
    page: Page, two_nodes: TwoNodes
) -> None:
    told = passed_on(two_nodes)
    ask(page, two_nodes)
    press(page.get_by_role("button", name="不同意"))
    page.get_by_role("heading", name="另一地的账号没有登录成功").wait_for()
    assert page.url.startswith(two_nodes.pages_url(SICHUAN.node))
    assert passed_on(two_nodes) == told


def test_no_id_number_stands_in_an_address_on_the_way(page: Page, two_nodes: TwoNodes) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    ask(page, two_nodes)
    press(page.get_by_role("button", name="同意并登录"))
    page.wait_for_url(f"{two_nodes.pages_url(SICHUAN.node)}/cases/")
    assert [address for address in addresses if sample_person(USERNAME).resident_number in address] == []


def test_an_officers_account_vouches_for_nobody(page: Page, two_nodes: TwoNodes) -> None:
    ask(page, two_nodes, CHONGQING.officer)
    press(page.get_by_role("button", name="同意并登录"))
    assert "/cases/" not in page.url


def test_the_providers_description_names_the_nodes_own_address(two_nodes: TwoNodes) -> None:
    url = two_nodes.pages_url(SICHUAN.node)
    described = httpx.get(f"{url}/.well-known/openid-configuration").json()
    assert described["issuer"] == url
