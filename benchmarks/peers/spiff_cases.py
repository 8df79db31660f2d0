"""SpiffWorkflow carries cases through five user tasks and stores each in PostgreSQL after every step."""

import json
import sys
from importlib.metadata import version
from itertools import pairwise

import psycopg
from answering import answer, seconds
from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer

STEPS = 5
MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:bench">
<bpmn:process id="case" isExecutable="true">{elements}</bpmn:process></bpmn:definitions>"""


class Cases:
    """The engine with its one connection."""

    def __init__(self, server):
        self.connection = psycopg.connect(server)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

    def load(self):
        """Read the model; make the table."""
        flow = '<bpmn:sequenceFlow id="f{0}" sourceRef="{1}" targetRef="{2}"/>'
        names = ["start", *(f"step{number}" for number in range(1, STEPS)), "end"]
        elements = ['<bpmn:startEvent id="start"/>', '<bpmn:endEvent id="end"/>']
        elements += [f'<bpmn:userTask id="{name}" name="{name}"/>' for name in names[1:-1]]
        elements += [flow.format(n, a, b) for n, (a, b) in enumerate(pairwise(names))]
        parser = BpmnParser()
        parser.add_bpmn_str(MODEL.format(elements="".join(elements)).encode())
        self.spec = parser.get_spec("case")
        self.connection.execute("CREATE TABLE IF NOT EXISTS spiff (id bigserial PRIMARY KEY, state jsonb)")
        self.connection.commit()
        return True

    def carry(self, cases):
        """Carry so many cases; the seconds that it took."""

        def run():
            for _ in range(cases):
                self.one()

        return seconds(run)[0]

    def one(self):
        """Open (stored), then four user tasks, each stored and committed: five persisted steps."""
        workflow = BpmnWorkflow(self.spec)
        workflow.do_engine_steps()
        state = self.serializer.serialize_json(workflow)
        row = self.connection.execute(
            "INSERT INTO spiff (state) VALUES (%s) RETURNING id", (state,)
        ).fetchone()
        self.connection.commit()
        for number in range(1, STEPS):
            (state,) = self.connection.execute(
                "SELECT state FROM spiff WHERE id = %s FOR UPDATE", row
            ).fetchone()
            workflow = self.serializer.deserialize_json(json.dumps(state))
            (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
            task.data["done"] = number
            task.run()
            workflow.do_engine_steps()
            state = self.serializer.serialize_json(workflow)
            self.connection.execute("UPDATE spiff SET state = %s WHERE id = %s", (state, *row))
            self.connection.commit()
        if not workflow.is_completed():
            raise RuntimeError("a case has not reached its end")


cases = Cases(sys.argv[1])
answer(load=cases.load, carry=cases.carry, version=lambda: version("SpiffWorkflow"))
