"""An operator opens, extends and closes officers' accounts at a node that runs."""

import subprocess
import sys

from tests.federation.two_nodes import TwoNodes, node_environment
from tongban.federation.browsing import Visitor
from tongban.federation.sides import SICHUAN

PASSWORD = "a long password for the first day"
WHO = ("--agency", "510100-yb", "--name", "王敏", "--post-zh", "医保经办", "--post-en", "Insurance officer")


def officer(two_nodes: TwoNodes, *arguments: str, typed: str = PASSWORD) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "tongban", "node", "officer", *arguments)
    config = ("--config", str(two_nodes.federation.config_path(SICHUAN.node)))
    return subprocess.run(
        (*command, *config),
        input=f"{typed}\n",
        capture_output=True,
        text=True,
        check=False,
        env=node_environment(),
    )


def test_an_account_is_opened_works_and_is_closed_with_its_sessions(two_nodes: TwoNodes) -> None:
    assert officer(two_nodes, "add", "wang.min", *WHO).returncode == 0
    visitor = Visitor(two_nodes.pages_url(SICHUAN.node), "zh-hans")
    visitor.sign_in("wang.min", PASSWORD)
    assert visitor.get("/workbench/").status == 200
    closed = officer(two_nodes, "close", "wang.min")
    assert closed.stdout == "wang.min: closed; 1 sessions ended\n"
    assert visitor.get("/workbench/").path == "/sign-in/"
    assert visitor.sign_in("wang.min", PASSWORD).path == "/closed/inactive/"


def test_wrong_use_is_told_in_one_line(two_nodes: TwoNodes) -> None:
    told = officer(two_nodes, "close", "nobody", typed="")
    assert told.returncode == 2
    assert told.stderr == "nobody: no officer has this account\n"
