"""Opens conversations at a measured node that end by themselves: each case handed over is withdrawn at once.

`python -m benchmarks.workloads.exchange_handovers COUNT`: they wait until `next_try` is set. The other side
hears two messages in their order, opens a case, and lets go of it by a message of its own.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path

from tongban.federation.sample_people import sample_people
from tongban.node.config import CONFIG_VARIABLE
from tongban.node.starting import start_django

GROUP = 100


def main() -> None:
    """Hand over so many cases to the other side."""
    start_django(Path(os.environ[CONFIG_VARIABLE]))
    from django.db import transaction
    from django.db.models.functions import Now

    from tongban.node.exchange import api
    from tongban.node.exchange.conversing.models import Letter

    people = sample_people()
    words = api.Text(zh="测量", en="to measure")
    count = int(sys.argv[1])
    for first in range(0, count, GROUP):
        with transaction.atomic():
            for n in range(first, min(first + GROUP, count)):
                errand = api.Errand(
                    case_ref=f"SC-2026-H{n:06}",
                    service="hotline-handover",
                    own_agency="510100-yb",
                    peer_agency="500000-yb",
                    basis=api.ByStatute(words),
                    purpose=words,
                )
                person = people[n % len(people)]
                offered = api.offer_case(
                    errand,
                    subject=person.resident_number,
                    title=words,
                    contents={"name": person.name, "question": "…"},
                )
                api.withdraw(offered, words)
            Letter.objects.filter(is_waiting=True).update(next_try=Now() + timedelta(days=1))


if __name__ == "__main__":
    main()
