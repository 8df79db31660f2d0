"""SpiffWorkflow carries cases through five user tasks and stores each in PostgreSQL after every step.

A step takes two statements, as Tongban's do: one reads, one writes if the revision is still the one that was
read. What psycopg sees a sixth time it has the server prepare.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
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


TABLE = (
    "CREATE TABLE IF NOT EXISTS spiff (id bigserial PRIMARY KEY, revision int NOT NULL, state jsonb NOT NULL)"
)
OPEN = "INSERT INTO spiff (revision, state) VALUES (1, %s) RETURNING id"
READ = "SELECT revision, state::text FROM spiff WHERE id = %s"
WRITE = "UPDATE spiff SET revision = revision + 1, state = %s WHERE id = %s AND revision = %s"


class Cases:
    """The engine, and whoever carries cases with it, each in a thread of its own."""

    def __init__(self, server):
        self.server = server
        self.carriers = []
        self.threads = ThreadPoolExecutor(64)

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
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(TABLE)
        return True

    def carry(self, cases, threads):
        """Carry so many cases in each of so many threads; the seconds that it took."""
        while len(self.carriers) < threads:
            self.carriers.append(Carrier(self.server, self.spec))

        def run():
            at_work = [self.threads.submit(one.carry, cases) for one in self.carriers[:threads]]
            for each in at_work:
                each.result()

        return seconds(run)[0]


class Carrier:
    """One thread's connection and serializer, which notes on itself that it writes."""

    def __init__(self, server, spec):
        self.connection = psycopg.connect(server, autocommit=True)
        self.serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())
        self.spec = spec

    def carry(self, cases):
        """Carry so many cases, one after the other."""
        for _ in range(cases):
            self.one()

    def one(self):
        """Open (stored), then four user tasks, each stored and committed: five persisted steps."""
        workflow = BpmnWorkflow(self.spec)
        workflow.do_engine_steps()
        state = self.serializer.serialize_json(workflow)
        (key,) = self.connection.execute(OPEN, (state,)).fetchone()
        for number in range(1, STEPS):
            revision, state = self.connection.execute(READ, (key,)).fetchone()
            workflow = self.serializer.deserialize_json(state)
            (task,) = workflow.get_tasks(state=TaskState.READY, manual=True)
            task.data["done"] = number
            task.run()
            workflow.do_engine_steps()
            state = self.serializer.serialize_json(workflow)
            if self.connection.execute(WRITE, (state, key, revision)).rowcount != 1:
                raise RuntimeError("a case was changed meanwhile")
        if not workflow.is_completed():
            raise RuntimeError("a case has not reached its end")


cases = Cases(sys.argv[1])
answer(load=cases.load, carry=cases.carry, version=lambda: version("SpiffWorkflow"))
