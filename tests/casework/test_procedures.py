"""Procedures are frozen data: whole, published once, and mistakes in them are named with file and key."""

import re
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.casework.walk import Walk
from tongban.node.casework import procedures, reading
from tongban.node.casework.models import PublishedProcedure
from tongban.node.casework.procedure import Procedure

KINDS = sorted(reading.shipped())
SMALL = """
kind = "small"
version = "1"
title = { zh = "小", en = "Small" }
summary = { zh = "小", en = "Small" }
initial = "begun"
parts = ["withdrawal"]
[groups]
open = ["begun"]
[states.begun]
text = { zh = "已开始", en = "Begun" }
waiting_for = { zh = "等待", en = "Waiting" }
awaits = "officer"
[happenings.opened]
by = ["citizen"]
during = []
reaches = ["begun"]
sentence = { zh = "开始", en = "Begun" }
"""
SHARED = """
[withdrawal.states.withdrawn]
text = { zh = "已撤回", en = "Withdrawn" }
awaits = "nobody"
[withdrawal.happenings.withdrawn]
by = ["citizen"]
during = ["@open"]
reaches = ["withdrawn"]
sentence = { zh = "撤回", en = "Withdrawn" }
[withdrawal.actions.withdraw]
label = { zh = "撤回", en = "Withdraw" }
by = "citizen"
records = "withdrawn"
during = ["@open"]
"""


def small(old: str = "", new: str = "") -> Procedure:
    assert old in SMALL + SHARED
    return reading.read("small.toml", SMALL.replace(old, new), SHARED.replace(old, new))


def test_a_procedure_takes_in_the_parts_that_it_names() -> None:
    procedure = small()
    assert set(procedure.states) == {"begun", "withdrawn"}
    assert procedure.actions["withdraw"].during == {"begun"}


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('initial = "begun"', 'initial = "gone"', "initial"),
        ('parts = ["withdrawal"]', 'parts = ["nothing"]', "parts"),
        ('during = ["@open"]', 'during = ["@shut"]', "happenings.withdrawn.during"),
        ('reaches = ["withdrawn"]', 'reaches = ["eaten"]', "happenings.withdrawn"),
        ('reaches = ["withdrawn"]', "stays = true\nreturns = true", "happenings.withdrawn"),
        ('records = "withdrawn"', 'records = "opened"', "actions.withdraw.during"),
        ('by = "citizen"', 'by = "officer"', "actions.withdraw.records"),
        ('awaits = "officer"', 'awaits = "godot"', "states.begun.awaits"),
        ('awaits = "officer"', 'awaits = "officer"\nlimit = "none"', "states.begun.limit"),
        ('awaits = "officer"', 'awaits = "citizen"\ntask = "decide"', "states.begun.task"),
        ('waiting_for = { zh = "等待", en = "Waiting" }', "", "states.begun.waiting_for"),
    ],
)
def test_a_mistake_is_refused_with_file_and_key(old: str, new: str, key: str) -> None:
    with pytest.raises(reading.ProcedureError, match=rf"^small.toml: {re.escape(key)}: "):
        small(old, new)


def test_a_mistake_is_told_in_chinese_too() -> None:
    with pytest.raises(reading.ProcedureError) as told:
        small('reaches = ["withdrawn"]', 'reaches = ["eaten"]')
    assert told.value.said("zh") == "small.toml：happenings.withdrawn：应为已有的状态，而不是 eaten"
    with pytest.raises(reading.ProcedureError) as told:
        small('awaits = "officer"', 'awaits = "godot"')
    assert "应为" in told.value.said("zh")


def test_what_is_not_toml_is_refused() -> None:
    with pytest.raises(reading.ProcedureError, match=r"^small\.toml: expected TOML"):
        reading.read("small.toml", "kind =", SHARED)


@pytest.mark.parametrize("kind", KINDS)
def test_a_published_procedure_reads_back_as_the_same(kind: str) -> None:
    procedure = reading.shipped()[kind]
    assert reading.from_text(reading.to_text(procedure)) == procedure


@pytest.mark.parametrize("kind", KINDS)
def test_every_limit_of_a_procedure_says_where_it_comes_from(kind: str) -> None:
    for limit in reading.shipped()[kind].limits.values():
        assert limit.working_days > 0
        assert limit.source.zh


@pytest.mark.django_db
def test_a_published_version_with_other_content_is_refused() -> None:
    procedures.publish()
    changed = replace(small(), kind="recognition", version=reading.shipped()["recognition"].version)
    with pytest.raises(reading.ProcedureError, match="raise version"):
        procedures.publish({"recognition": changed})


@pytest.mark.django_db
def test_the_database_refuses_to_change_a_published_procedure() -> None:
    procedures.publish()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        PublishedProcedure.objects.update(version="0")


def test_a_case_keeps_its_procedure_when_a_newer_one_is_published(walk: Walk) -> None:
    case = walk.submitted()
    newer = replace(small(), kind="recognition", version="9999.1.1")
    procedures.publish({"recognition": newer})
    assert procedures.read(procedures.current("recognition").pk) == newer
    assert procedures.of(walk.again(case)) == reading.shipped()["recognition"]


@given(st.sampled_from(KINDS), st.data())
def test_what_is_available_may_happen(kind: str, data: st.DataObject) -> None:
    procedure = reading.shipped()[kind]
    action = data.draw(st.sampled_from(sorted(procedure.actions)))
    happening = procedure.happenings[procedure.actions[action].records]
    status = data.draw(st.sampled_from(sorted(procedure.actions[action].during)))
    reached = happening.reaches or {status}
    assert all(
        procedure.allows(happening.kind, procedure.actions[action].by, status, to, back=to) for to in reached
    )
