"""Asks an implementation of another family: a Node.js script beside this file, JSON in, JSON out."""

import json
import subprocess
from pathlib import Path

from tongban.node.frontend import find_tools

FOLDER = Path(__file__).parent


def ask(script: str, question: object) -> object:
    """What `script` answers to `question`; its complaint fails the test."""
    done = subprocess.run(
        [find_tools().node, FOLDER / script],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
