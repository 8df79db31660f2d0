"""Work for the case engine: cases carried through five steps, a full inbox, replay of histories."""

import gc
import re
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from itertools import islice

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from stdnum.cn import ric

from tongban.node.casework import acting, catalogue, log, procedures, submission
from tongban.node.casework.models import Case, Draft
from tongban.node.clock import now
from tongban.node.people.models import Account, Person
from tongban.node.people.register import create_citizen, create_officer, person_of_number
from tongban.node.supervisor import PAGES_THREADS
from tongban.services import Text

_SERVICE = "hotline-handover"
_AGENCY = "510100-rs"
_ANSWERS = {"request": "公司拖欠三个月工资", "about": "510100", "phone": "13800000000"}
_STEPS: tuple[tuple[str, dict[str, str]], ...] = (
    ("sort", {"category": "contract"}),
    ("take-on", {}),
    ("sort", {"category": "wages"}),
    ("answer", {"text": "已责令用人单位支付"}),
)


class NotCarried(Exception):
    """A case did not reach its end."""


class Caseload:
    """A node's cases, made through the same calls that its pages use."""

    def __init__(self) -> None:
        catalogue.publish(catalogue.service_root())
        self._people = [person_of_number(_number(which), "测试女士") for which in range(PAGES_THREADS)]
        for which in range(PAGES_THREADS):
            create_citizen(f"citizen-{which}", None, _number(which), "测试女士")
        post = Text(zh="经办员", en="Officer")
        self._accounts = [
            create_officer(f"officer-{which}", "a long password", _AGENCY, "赵六", post)
            for which in range(PAGES_THREADS)
        ]
        self._threads = ThreadPoolExecutor(PAGES_THREADS)

    def carry(self, cases: int, threads: int) -> float:
        """Open so many cases in each of so many threads and take four actions on each.

        Five persisted steps a case, each committed before its next; each thread has a citizen and an officer
        of its own. The seconds it took; the forms are filled in before, which is no step of a case.
        """
        filled_in = [[self._drafted(person) for _ in range(cases)] for person in self._people[:threads]]
        gc.collect()
        begun = time.perf_counter()
        carried = self._threads.map(_carry, self._people, self._accounts, filled_in)
        deque(carried, maxlen=0)
        return time.perf_counter() - begun

    def fill(self, cases: int) -> None:
        """Have so many open cases in the inbox, multiplied from one real case."""
        person = self._people[0]
        one = submission.submit(person, self._drafted(person).pk, frozenset())
        with connection.cursor() as cursor:
            for first in range(1, cases + 1, _BATCH):
                last = min(first + _BATCH - 1, cases)
                cursor.execute(_MORE_CASES, {"one": one.pk, "first": first, "last": last})
            cursor.execute(_THEIR_TASKS)
            cursor.execute("ANALYZE")

    def inbox(self, pages: int) -> tuple[float, int]:
        """The 95th percentile of an inbox page in seconds, and how many queries a page takes.

        By turns the first page, the one after it, the overdue, those of a frequent and of a rare service, and
        what is nobody's.
        """
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(self._accounts[0])
        seconds = []
        following = _NEXT.search(client.get("/workbench/").content.decode())
        if following is None:
            raise NotCarried("the inbox has no second page")
        addresses = ("/workbench/", unescape(following[1]), *_FILTERED)
        for number in range(pages):
            begun = time.perf_counter()
            response = client.get(addresses[number % len(addresses)])
            seconds.append(time.perf_counter() - begun)
            if response.status_code != 200:
                raise NotCarried(f"the inbox answers {response.status_code}")
        with CaptureQueriesContext(connection) as queries:
            client.get("/workbench/")
        return sorted(seconds)[int(0.95 * len(seconds))], len(queries)

    def replay(self, events: int) -> float:
        """How many events a second the fold takes in, histories of real cases over and over."""
        histories = [
            (procedures.of(case), list(case.events.order_by("revision")))
            for case in islice(Case.objects.filter(status="answered").order_by("opened_at"), 500)
        ]
        count, begun = 0, time.perf_counter()
        while count < events:
            for procedure, history in histories:
                if log.replay(procedure, history) is None:
                    raise NotCarried("a history leads nowhere")
                count += len(history)
        return count / (time.perf_counter() - begun)

    def _drafted(self, person: Person) -> Draft:
        service, at = catalogue.current(_SERVICE), now()
        return Draft.objects.create(
            person=person, service=service, answers=dict(_ANSWERS), created_at=at, updated_at=at
        )


def _carry(person: Person, account: Account, filled_in: Sequence[Draft]) -> None:
    for draft in filled_in:
        case = submission.submit(person, draft.pk, frozenset())
        for code, given in _STEPS:
            case = acting.perform(account.officer, case.number, case.revision, code, given)
        if case.status != "answered":
            raise NotCarried(case.number)


def _number(which: int) -> str:
    """The ID number of one of the citizens, women born on the same day."""
    digits = f"51010419760214{2 * which + 2:03d}"
    return digits + ric.calc_check_digit(f"{digits}0")


_BATCH = 5000
_NEXT = re.compile(r'rel="next" href="([^"]+)"')
_FILTERED = (
    "/workbench/?status=overdue",
    f"/workbench/?service={_SERVICE}",
    "/workbench/?service=medical-retirement",
    "/workbench/?whose=nobody",
)
_MORE_CASES = """
    INSERT INTO casework_case (id, number, person_id, service_id, procedure_id, agency, place, consulted,
        status, awaits, revision, snapshot, opened_at, updated_at, due_on)
    SELECT gen_random_uuid(), 'SC-2025-' || lpad(n::text, 7, '0'), person_id, service_id, procedure_id,
        agency, place, consulted, status, awaits, revision, snapshot, opened_at - n * interval '1 minute',
        updated_at, due_on + (n %% 60)::int
    FROM casework_case, generate_series(%(first)s::int, %(last)s::int) AS n WHERE casework_case.id = %(one)s
"""
_THEIR_TASKS = """
    INSERT INTO casework_task (case_id, kind, agency, opened_at, due_on, due_is_provisional)
    SELECT id, 'sort', agency, opened_at, due_on, false FROM casework_case WHERE number LIKE 'SC-2025-%'
"""
