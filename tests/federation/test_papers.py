"""Files on two real nodes: a transfer takes them along both ways, evidence brings them; each look is told."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from tests.federation.desks import Clerk, Desk, ask_for_transfer, begin, submit
from tests.federation.two_nodes import TwoNodes
from tests.pages.browser import reload_until
from tests.pages.files import picture
from tongban.federation.sample_scans import placeholder
from tongban.federation.sides import CHONGQING, SICHUAN

MOVES = "su.ming"
WAS_HURT = "he.jianguo"
CHENGDU_CLERK, CHONGQING_CLERK = (side.posts[0].officer for side in (SICHUAN, CHONGQING))
Sit = Callable[[str, str], Desk]


def digest_in(address: str) -> str:
    return address.rstrip("/").rpartition("/")[2]


def kept(nodes: TwoNodes, node: str, digest: str) -> Path:
    """Where a node keeps the file of that digest."""
    return nodes.federation.home / node / "attachments" / digest[:2] / digest


def is_whole(nodes: TwoNodes, node: str, digest: str) -> bool:
    return hashlib.sha256(kept(nodes, node, digest).read_bytes()).hexdigest() == digest


def looks(nodes: TwoNodes, node: str, case: str, direction: str, field: str) -> int:
    """How often somebody looked at this field of the person, and at nothing else."""
    return nodes.count(
        node,
        "SELECT count(*) FROM people_accessrecord"
        " WHERE case_ref = %s AND direction = %s AND fields = jsonb_build_array(%s::text)",
        case,
        direction,
        field,
    )


def test_a_transfer_takes_files_along_both_ways(two_nodes: TwoNodes, sit: Sit) -> None:
    she, there = sit(SICHUAN.node, MOVES), sit(CHONGQING.node, MOVES)
    chengdu = Clerk(sit(SICHUAN.node, CHENGDU_CLERK))
    chongqing = Clerk(sit(CHONGQING.node, CHONGQING_CLERK))
    chengdu.number = ask_for_transfer(she, picture("PNG", (61, 47)))

    chongqing.find("失业保险关系转移接续")
    uploaded = digest_in(chongqing.address_of("失业证明.png"))
    assert is_whole(two_nodes, SICHUAN.node, uploaded)
    assert is_whole(two_nodes, CHONGQING.node, uploaded)
    assert looks(two_nodes, CHONGQING.node, chongqing.number, "read", "files") == 0
    assert chongqing.opens("失业证明.png") == (200, "image/png")
    assert looks(two_nodes, CHONGQING.node, chongqing.number, "read", "files") == 1
    there.page.goto("/accesses/")
    expect(there.page.get_by_text("申请时上传的材料").first).to_be_visible()

    chongqing.act("state", months="62", months_left="10", monthly_benefit="1645.00")
    stated = hashlib.sha256(placeholder("unemployment-record-su-ming.png")).hexdigest()
    assert digest_in(chengdu.address_of("record_scan-1.png")) == stated
    assert is_whole(two_nodes, SICHUAN.node, stated)
    assert chengdu.opens("record_scan-1.png") == (200, "image/png")
    assert looks(two_nodes, CHONGQING.node, chongqing.number, "own", "record_scan") == 1
    assert not (she.errors + there.errors + chengdu.desk.errors + chongqing.desk.errors)


def test_evidence_brings_its_scan_and_the_person_sees_who_opened_it(two_nodes: TwoNodes, sit: Sit) -> None:
    he = sit(SICHUAN.node, WAS_HURT)
    chengdu = Clerk(sit(SICHUAN.node, CHENGDU_CLERK))
    begin(he, "work-injury")
    he.page.get_by_label("需要时怎么联系您？").fill("13800000000")
    he.go_on()
    chengdu.number = number = submit(he)

    scan = hashlib.sha256(placeholder("conclusion-he-jianguo.png")).hexdigest()
    assert digest_in(chengdu.address_of("conclusion_scan-1.png")) == scan
    assert is_whole(two_nodes, SICHUAN.node, scan)
    expect(chengdu.page.get_by_text("与签名的答复一致").first).to_be_visible()
    assert two_nodes.answers_given(number) == 1
    assert looks(two_nodes, SICHUAN.node, number, "read", "conclusion_scan") == 0
    assert chengdu.opens("conclusion_scan-1.png") == (200, "image/png")
    assert looks(two_nodes, SICHUAN.node, number, "read", "conclusion_scan") == 1
    reload_until(he.page.get_by_text("结论书扫描件").first, "/accesses/", 30)
    assert not (he.errors + chengdu.desk.errors)
