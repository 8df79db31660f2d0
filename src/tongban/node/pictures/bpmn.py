"""A procedure as BPMN 2.0 XML with its diagram, for tools that read it.

Promises: made from the definition and its layout alone; where several ways lead on, an exclusive gateway says
that one is taken; every flow and shape refers to something that is there.
"""

from itertools import count
from xml.etree import ElementTree

from tongban.node.casework.procedure import Procedure, State
from tongban.node.pictures.process import LANE_NAMES, Say
from tongban.node.pictures.process_layout import BOX_HEIGHT, BOX_WIDTH, LANE_HEAD, Box, Layout, lay_out

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DIAGRAM = "http://www.omg.org/spec/BPMN/20100524/DI"
SHAPES = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
_GATEWAY = 24
_Point = tuple[int, int]


def bpmn(procedure: Procedure, say: Say) -> str:
    """The document as text, names in the language of `say`."""
    for prefix, space in {"bpmn": MODEL, "bpmndi": DIAGRAM, "dc": SHAPES, "di": LINES}.items():
        ElementTree.register_namespace(prefix, space)
    return _Writer(procedure, say).document()


class _Writer:
    """Writes one procedure; flows are numbered in the order in which they are met."""

    def __init__(self, procedure: Procedure, say: Say) -> None:
        self._procedure = procedure
        self._say = say
        self._layout: Layout = lay_out(procedure)
        self._root = ElementTree.Element(
            f"{{{MODEL}}}definitions", {"id": "tongban", "targetNamespace": "urn:tongban:procedures"}
        )
        self._process = self._add(
            self._root, "process", id=procedure.kind, name=say(procedure.title), isExecutable="false"
        )
        diagram = ElementTree.SubElement(self._root, f"{{{DIAGRAM}}}BPMNDiagram", {"id": "diagram"})
        self._plane = ElementTree.SubElement(
            diagram, f"{{{DIAGRAM}}}BPMNPlane", {"id": "plane", "bpmnElement": procedure.kind}
        )
        self._numbers = count(1)

    def document(self) -> str:
        self._lanes()
        for code, box in self._layout.boxes.items():
            self._state(self._procedure.states[code], box)
        for state in self._layout.starts:
            self._start(state)
        self._flows()
        ElementTree.indent(self._root)
        return ElementTree.tostring(self._root, encoding="unicode", xml_declaration=True) + "\n"

    @staticmethod
    def _add(parent: ElementTree.Element, tag: str, /, **attributes: str) -> ElementTree.Element:
        return ElementTree.SubElement(parent, f"{{{MODEL}}}{tag}", attributes)

    def _shape(self, element: str, x: int, y: int, width: int, height: int) -> None:
        shape = ElementTree.SubElement(
            self._plane, f"{{{DIAGRAM}}}BPMNShape", {"id": f"shape-{element}", "bpmnElement": element}
        )
        bounds = {"x": x, "y": y, "width": width, "height": height}
        ElementTree.SubElement(
            shape, f"{{{SHAPES}}}Bounds", {name: str(value) for name, value in bounds.items()}
        )

    def _lanes(self) -> None:
        lanes = self._add(self._process, "laneSet", id="lanes")
        for lane in self._layout.lanes:
            name = self._say(LANE_NAMES[lane.awaits])
            written = self._add(lanes, "lane", id=f"lane-{lane.awaits}", name=name)
            for code, state in self._procedure.states.items():
                if state.awaits == lane.awaits:
                    self._add(written, "flowNodeRef").text = code
            self._shape(f"lane-{lane.awaits}", 0, lane.y, self._layout.width, lane.height)

    def _state(self, state: State, box: Box) -> None:
        leaving = [way for way in self._layout.ways if way.source == state.code]
        kind = "receiveTask" if state.awaits == "other-side" else "userTask"
        element = kind if leaving else "endEvent"
        self._add(self._process, element, id=state.code, name=self._say(state.text))
        self._shape(state.code, box.x, box.y, BOX_WIDTH, BOX_HEIGHT)
        if len(leaving) > 1:
            self._add(self._process, "exclusiveGateway", id=_gateway(state.code))
            self._shape(_gateway(state.code), *_gateway_place(box), _GATEWAY, _GATEWAY)
            self._flow(state.code, _gateway(state.code), "", (_right(box), _gateway_middle(box)))

    def _start(self, state: str) -> None:
        box = self._layout.boxes[state]
        self._add(self._process, "startEvent", id=f"start-{state}")
        self._shape(f"start-{state}", LANE_HEAD - 12, box.middle - 12, 24, 24)
        self._flow(f"start-{state}", state, "", ((LANE_HEAD + 12, box.middle), (box.x, box.middle)))

    def _flows(self) -> None:
        several = {
            code
            for code in self._procedure.states
            if sum(way.source == code for way in self._layout.ways) > 1
        }
        for way in self._layout.ways:
            source, target = self._layout.boxes[way.source], self._layout.boxes[way.target]
            begin = _gateway_middle(source) if way.source in several else _right(source)
            leaving = _gateway(way.source) if way.source in several else way.source
            name = ", ".join(way.kinds)
            self._flow(leaving, way.target, name, (begin, (target.x, target.middle)))

    def _flow(self, source: str, target: str, name: str, points: tuple[_Point, _Point]) -> None:
        flow = f"flow-{next(self._numbers)}"
        attributes = {"id": flow, "sourceRef": source, "targetRef": target} | ({"name": name} if name else {})
        self._add(self._process, "sequenceFlow", **attributes)
        edge = ElementTree.SubElement(
            self._plane, f"{{{DIAGRAM}}}BPMNEdge", {"id": f"edge-{flow}", "bpmnElement": flow}
        )
        for x, y in points:
            ElementTree.SubElement(edge, f"{{{LINES}}}waypoint", {"x": str(x), "y": str(y)})


def _gateway(state: str) -> str:
    return f"after-{state}"


def _gateway_place(box: Box) -> _Point:
    return box.x + BOX_WIDTH + 10, box.middle - _GATEWAY // 2


def _gateway_middle(box: Box) -> _Point:
    x, y = _gateway_place(box)
    return x + _GATEWAY // 2, y + _GATEWAY // 2


def _right(box: Box) -> _Point:
    return box.x + BOX_WIDTH, box.middle
