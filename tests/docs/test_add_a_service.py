"""The guide to adding a service names what the loader takes."""

import re
from pathlib import Path
from typing import get_args

from tongban.services.definition import Definition
from tongban.services.question import QuestionType

GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "add-a-service.md").read_text(encoding="utf-8")


def test_every_key_of_a_service_is_explained_and_no_other() -> None:
    rows = re.findall(r"^\| (`.*?) \| .+ \|$", GUIDE, re.MULTILINE)
    keys = {key for row in rows for key in re.findall(r"`([a-z_]+)`", row)}
    assert keys == set(Definition.model_fields)


def test_every_type_of_question_is_named() -> None:
    sentence = GUIDE.partition("Types are ")[2].partition(";")[0]
    kinds = {
        kind for alternative in get_args(QuestionType) for kind in get_args(alternative) or (alternative,)
    }
    assert set(re.findall(r"`([a-z-]+)`", sentence)) == kinds
