"""A node's programs start without the large libraries that only some of their work needs."""

import subprocess
import sys

from tongban.node.nursery import COMMON

LARGE = {"httpx", "numpy", "opentelemetry.sdk", "pkcs11", "pyarrow", "pypdf", "rich", "rjieba", "sqlalchemy"}


def test_the_programs_of_a_node_load_only_what_they_need() -> None:
    code = f"import django; django.setup(); import {', '.join(COMMON)}; import sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert loaded.returncode == 0, loaded.stderr
    assert LARGE & set(loaded.stdout.split()) == set()
