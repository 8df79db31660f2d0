"""A node's programs start without the large libraries that only some of their work needs."""

import subprocess
import sys

import pytest

LARGE = {"httpx", "numpy", "opentelemetry.sdk", "pkcs11", "pyarrow", "pypdf", "rich", "rjieba", "sqlalchemy"}
PROGRAMS = (
    "tongban.gateway.door, tongban.gateway.routes",
    "tongban.node.exchange.delivery, tongban.node.exchange.conversing.delivering",
    "tongban.node.translog.writer",
    "tongban.node.urls",
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_of_a_node_loads_only_what_it_needs(program: str) -> None:
    code = f"import django; django.setup(); import {program}; import sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert LARGE & set(loaded.stdout.split()) == set()
