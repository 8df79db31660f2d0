"""The reference of messages names every form of notice with its members, and no other."""

import re
from pathlib import Path
from typing import get_args

from tongban.node.casework.tidings import Tiding

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "messages.md"


def test_every_form_of_notice_stands_in_the_reference_with_its_members() -> None:
    text = (
        REFERENCE.read_text(encoding="utf-8")
        .partition("### What cases tell in notices")[2]
        .partition("| --- |")[2]
    )
    rows = re.findall(r"^\| `([a-z-]+)` \| [^|]+ \| ([^|]+) \|", text.partition("\n## ")[0], re.MULTILINE)
    told = {
        topic: set(re.findall(r"`([a-z]+)`", re.sub(r"\([^)]*\)", "", members))) for topic, members in rows
    }
    forms = {
        form.model_fields["topic"].default: {*form.model_fields} - {"topic"} for form in get_args(Tiding)
    }
    assert told == forms
