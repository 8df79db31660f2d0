"""A hospital's own system at a node that runs: opened by the operator, answered by the home side's node."""

import subprocess
import sys

import httpx

from tests.federation.two_nodes import TwoNodes, await_that, node_environment
from tongban.federation.sample_people import sample_person
from tongban.federation.sides import CHONGQING

NAMED = ("--name-zh", "渝中医院", "--name-en", "Yuzhong Hospital")
LINE = {"billed_on": "2026-11-24", "hospital": "渝中医院", "hospital_level": 3, "item": "布地奈德吸入剂"}
ASTHMA = LINE | {"disease": "哮喘", "amount": "210.00", "class": "B", "linked": "yes"}


def point(two_nodes: TwoNodes, *arguments: str) -> subprocess.CompletedProcess[str]:
    config = ("--config", str(two_nodes.federation.config_path(CHONGQING.node)))
    command = (sys.executable, "-m", "tongban", "node", "point", *arguments, *config)
    return subprocess.run(command, capture_output=True, text=True, check=False, env=node_environment())


def test_a_hospital_submits_a_bill_and_hears_what_the_home_side_says(two_nodes: TwoNodes) -> None:
    opened = point(two_nodes, "open", "yuzhong", *NAMED, "--bills", "CQ-YZ-")
    known = dict(line.split(": ", 1) for line in opened.stdout.splitlines()[:2])
    person = sample_person("luo.suqin")
    with httpx.Client(base_url=two_nodes.pages_url(CHONGQING.node)) as system:
        given = {"grant_type": "client_credentials", "scope": "bills"}
        secret = (known["client_id"].strip(), known["client_secret"].strip())
        token = system.post("/identity/o/api/token", data=given, auth=secret).json()["access_token"]
        system.headers["Authorization"] = f"Bearer {token}"
        whose = {"resident_id": person.resident_number, "name": person.name}
        address, bill = "/points/v1/bills/CQ-YZ-1", {"person": whose, "lines": [ASTHMA]}
        assert [system.put(address, json=bill).status_code for _ in range(2)] == [201, 200]
        await_that(lambda: system.get(address).json()["state"] == "refused", "the home side refuses")
        decision = system.get(address).json()["decision"]
        assert decision["person_pays"] == decision["billed"] == "210.00"
        assert "该病种尚未开通跨省直接结算" in decision["text"]["zh"]
        assert system.post(f"{address}/cancel").json()["code"] == "bill-decided"
        assert point(two_nodes, "close", "yuzhong").returncode == 0
        assert system.get(address).status_code == 401


def test_wrong_use_is_told_in_one_line(two_nodes: TwoNodes) -> None:
    told = point(two_nodes, "close", "nobody")
    assert told.returncode == 2
    assert told.stderr == "nobody: no point of service has this code\n"
