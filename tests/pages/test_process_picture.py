"""The picture of a procedure: drawn from its definition, told in words too, the same in docs and as BPMN."""

import runpy
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.casework.kinds import KINDS
from tongban.node.pictures.bpmn import MODEL, bpmn
from tongban.node.pictures.process import process_picture, process_svg, told, wrapped
from tongban.node.pictures.process_layout import BOX_HEIGHT, BOX_WIDTH, lay_out
from tongban.services import Text

ROOT = Path(__file__).parents[2]
EVERY_KIND = pytest.mark.parametrize("kind", sorted(KINDS))
BPMN_WAYS = f"{{{MODEL}}}sequenceFlow"


def chinese(text: Text) -> str:
    return text.zh


def test_the_pictures_in_the_docs_are_those_of_the_definitions() -> None:
    for path, content in runpy.run_path(str(ROOT / "tools" / "draw_processes.py"))["drawn"]():
        assert path.read_text(encoding="utf-8") == content, "run: python tools/draw_processes.py"


@EVERY_KIND
def test_no_two_states_overlap_and_all_are_within_the_picture(kind: str) -> None:
    layout = lay_out(KINDS[kind])
    assert set(layout.boxes) == set(KINDS[kind].states)
    for one, other in combinations(layout.boxes.values(), 2):
        assert abs(one.x - other.x) >= BOX_WIDTH or abs(one.y - other.y) >= BOX_HEIGHT
    for box in layout.boxes.values():
        assert 0 < box.x <= layout.width - BOX_WIDTH
        assert 0 < box.y <= layout.height - BOX_HEIGHT


@EVERY_KIND
def test_every_event_that_leads_somewhere_is_a_way(kind: str) -> None:
    ways = {(way.source, way.target) for way in lay_out(KINDS[kind]).ways}
    for happening in KINDS[kind].happenings.values():
        assert ways >= {(a, b) for a in happening.during for b in happening.reaches if a != b}


@EVERY_KIND
def test_the_words_tell_every_state_and_where_the_case_is(kind: str) -> None:
    procedure = KINDS[kind]
    lines = list(told(procedure, procedure.initial, chinese))
    assert len(lines) == len(procedure.states)
    assert next(line for line in lines if "现在在这里" in line).startswith(
        f"从“{procedure.states[procedure.initial].text.zh}”"
    )


def test_the_present_state_is_marked_by_shape_and_in_words() -> None:
    picture = process_picture(KINDS["recognition"], "deciding", chinese)
    assert picture.count("process__state--now") == 1
    assert picture.count("process__pin") == 1
    assert 'role="img"' in picture
    assert "style=" not in picture


@EVERY_KIND
def test_the_svg_is_well_formed(kind: str) -> None:
    root = ElementTree.fromstring(process_svg(KINDS[kind], "", chinese))
    assert root.tag.endswith("svg")


@EVERY_KIND
def test_the_bpmn_refers_only_to_what_is_there(kind: str) -> None:
    root = ElementTree.fromstring(bpmn(KINDS[kind], chinese))
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(set(ids)) == len(ids)
    flows = list(root.iter(BPMN_WAYS))
    assert flows
    for flow in flows:
        assert {flow.get("sourceRef"), flow.get("targetRef")} <= set(ids)
    assert {node.get("bpmnElement") for node in root.iter() if node.get("bpmnElement")} <= set(ids)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("已撤回", ["已撤回"]),
        ("已按规则计算，等待工作人员确认", ["已按规则计算，等", "待工作人员确认"]),
        ("Waiting for the second officer", ["Waiting for the second", "officer"]),
    ],
)
def test_long_names_are_broken_into_lines(text: str, lines: list[str]) -> None:
    assert wrapped(text, 16) == lines
