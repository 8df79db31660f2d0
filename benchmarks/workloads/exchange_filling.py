"""Puts questions into a measured node's outbox as `api.ask` would, with a consent each, but many at once.

`python -m benchmarks.workloads.exchange_filling COUNT`: they wait until `next_try` is set.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from tongban.federation.sample_people import sample_people
from tongban.node.config import CONFIG_VARIABLE
from tongban.node.starting import start_django

GROUP = 500


def main() -> None:
    """Put so many questions there, due tomorrow."""
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    fill(0, int(sys.argv[1]), timedelta(days=1))


def fill(start: int, count: int, due_in: timedelta = timedelta(0)) -> None:
    """Put so many questions into the outbox, numbered from `start` and due after `due_in`."""
    from django.db import transaction
    from django.db.models.functions import Now

    from tongban import protocol
    from tongban.node.clock import true_now
    from tongban.node.exchange import identity
    from tongban.node.exchange.models import Outbox

    node, said = identity.current(), protocol.Text(zh="测量", en="to measure")
    fields, now = ("place", "from", "to", "kind"), true_now()
    people = [person.resident_number for person in sample_people()]
    for first in range(0, count, GROUP):
        rows = []
        for number in range(first, min(first + GROUP, count)):
            case, subject = f"SC-2026-{start + number:07}", people[number % len(people)]
            consent = protocol.Consent(
                id=uuid4(),
                subject=subject,
                asking_agency="510100-yb",
                holding_agency="500000-yb",
                evidence_type="contribution-spells",
                fields=fields,
                given_at=now,
                expires=now + timedelta(days=30),
                service="medical-retirement",
                case_ref=case,
                purpose=said,
            )
            message = protocol.EvidenceRequest(
                id=uuid4(),
                sender=node.me,
                receiver="chongqing",
                sender_agency="510100-yb",
                receiver_agency="500000-yb",
                created=now,
                expires=now + timedelta(days=30),
                legal_basis=protocol.ConsentBasis(consent=protocol.sign_consent(consent, node.key)),
                body=protocol.Question(subject=subject, evidence_type="contribution-spells", fields=fields),
                service="medical-retirement",
                case_ref=case,
                purpose=said,
            )
            rows.append(
                Outbox(
                    id=message.id,
                    receiver="chongqing",
                    receiver_agency="500000-yb",
                    case_ref=case,
                    evidence_type="contribution-spells",
                    place="500000",
                    body=protocol.encode(message),
                    created=now,
                    expires=message.expires,
                    next_try=Now() + due_in,
                )
            )
        with transaction.atomic():
            Outbox.objects.bulk_create(rows)


if __name__ == "__main__":
    main()
