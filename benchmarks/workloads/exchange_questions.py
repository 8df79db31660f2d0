"""Puts questions into a measured node's outbox, with consent and log record, to be released all at once.

`python -m benchmarks.workloads.exchange_questions COUNT`: they wait until `next_try` is set.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

from tongban.federation.sample_people import sample_people
from tongban.node.config import CONFIG_VARIABLE
from tongban.node.starting import start_django

FIELDS = ("place", "from", "to", "kind")
GROUP = 200


def main() -> None:
    """Ask so many questions of the other side."""
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    from django.db import transaction
    from django.db.models.functions import Now

    from tongban.node.exchange import api
    from tongban.node.exchange.models import Outbox

    people = sample_people()
    purpose = api.Text(zh="测量", en="to measure")
    count = int(sys.argv[1])
    for first in range(0, count, GROUP):
        with transaction.atomic():
            asked = []
            for n in range(first, min(first + GROUP, count)):
                case = f"SC-2026-{n:07}"
                person = people[n % len(people)].resident_number
                consent = api.give_consent(
                    subject=person,
                    service="medical-retirement",
                    case_ref=case,
                    from_agency="510100-yb",
                    to_agency="500000-yb",
                    evidence_type="contribution-spells",
                    fields=FIELDS,
                    purpose=purpose,
                )
                asked.append(
                    api.ask(
                        api.Question(
                            case_ref=case,
                            service="medical-retirement",
                            asking_agency="510100-yb",
                            evidence_type="contribution-spells",
                            place="500000",
                            subject=person,
                            fields=FIELDS,
                            purpose=purpose,
                            basis=api.ByConsent(consent),
                        )
                    )
                )
            Outbox.objects.filter(pk__in=asked).update(next_try=Now() + timedelta(days=1))


if __name__ == "__main__":
    main()
