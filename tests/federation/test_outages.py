"""What happens while something is away: the other node, or a node's own database."""

import httpx

from tests.federation.two_nodes import TwoNodes, await_that
from tongban.federation.browsing import Visitor
from tongban.federation.sides import CHONGQING, SICHUAN
from tongban.federation.walk import apply, await_task, confirm


def test_application_waits_for_a_stopped_node_and_goes_on_by_itself(two_nodes: TwoNodes) -> None:
    citizen = Visitor(two_nodes.pages_url(SICHUAN.node), "zh-hans")
    officer = Visitor(two_nodes.pages_url(SICHUAN.node), "zh-hans")
    citizen.sign_in("yang.lihua", two_nodes.federation.password)
    officer.sign_in(SICHUAN.officer, two_nodes.federation.password)
    two_nodes.chongqing.stop()

    number = apply(citizen)
    await_that(lambda: two_nodes.attempts(number) >= 2, "tries to deliver while the other node is away")
    progress = citizen.get(f"/cases/{number}/").root
    delays = [note.text for note in progress.all("div", class_="note--warn")]
    assert any("重庆" in delay for delay in delays), progress.text
    assert officer.get("/workbench/").link(f"/{number}/") is None

    two_nodes.restart(CHONGQING.node)
    await_task(officer, number)
    confirm(officer, number)
    assert citizen.get(f"/cases/{number}/").heading.startswith("您可以在")
    assert two_nodes.answers_given(number) == 1


def test_unreachable_database_gets_a_clear_page_and_comes_back(two_nodes: TwoNodes) -> None:
    pages, sichuan = two_nodes.pages_url(SICHUAN.node), two_nodes.sichuan
    citizen = Visitor(pages, "zh-hans")
    citizen.sign_in("tang.fengying", two_nodes.federation.password)
    two_nodes.allow_connections(SICHUAN.node, is_allowed=False)
    try:
        answer = httpx.get(f"{pages}/services/medical-retirement/", timeout=60)
        assert answer.status_code == 503
        assert "Retry-After" in answer.headers
        assert "Traceback" not in answer.text
        assert "OperationalError" not in answer.text
        assert sichuan.ask_gateway("/health").status_code == 503
    finally:
        two_nodes.allow_connections(SICHUAN.node, is_allowed=True)
    await_that(lambda: httpx.get(f"{pages}/", timeout=60).status_code == 200, "the pages come back")
    assert "退出" in citizen.get("/cases/").root.text
    await_that(lambda: sichuan.ask_gateway("/health").status_code == 200, "the gateway comes back")


def test_a_running_node_is_watched(two_nodes: TwoNodes) -> None:
    watched = f"http://127.0.0.1:{two_nodes.federation.addresses[SICHUAN.node].watch_port}"
    await_that(
        lambda: httpx.get(f"{watched}/health/ready", timeout=60).status_code == 200, "the node is ready"
    )
    figures = httpx.get(f"{watched}/metrics", timeout=60).text.splitlines()
    assert 'tongban_program_up{program="gateway"} 1.0' in figures
    assert "tongban_database_up 1.0" in figures
