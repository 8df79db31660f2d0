"""Emptying conversations that ended long ago: what was said is removed, that and where it was said stays.

Promises: a message that comes once more is known as before, and a thread goes on where it was; only words,
whom they were about, and proofs go. How long they stay is declared in the node's configuration.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from tongban.node.clock import true_now
from tongban.node.config import this_node
from tongban.node.exchange.conversing.models import Conversation, Letter

AT_ONCE = 500
"""Conversations that one transaction empties at most."""

log = logging.getLogger(__name__)


def forget_as_declared() -> int:
    """Empty what ended more than `conversations_kept_days` ago; how many, none without that key."""
    days = this_node().conversations_kept_days
    return forget_ended(timedelta(days=days)) if days else 0


def forget_ended(kept_for: timedelta) -> int:
    """Empty some conversations that ended longer ago than that, with everything delivered; how many."""
    waiting = Letter.objects.filter(conversation=OuterRef("pk"), is_waiting=True)
    with transaction.atomic():
        ended = Conversation.objects.filter(
            ~Exists(waiting), has_ended=True, is_emptied=False, ended_at__lt=true_now() - kept_for
        )
        chosen = list(
            ended.order_by("ended_at")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:AT_ONCE]
        )
        Letter.objects.filter(conversation__in=chosen).update(body=b"", proof=None)
        Conversation.objects.filter(pk__in=chosen).update(
            is_emptied=True, subject="", basis={}, purpose={}, reference=""
        )
    if chosen:
        log.info("conversations that ended long ago were emptied: %d", len(chosen))
    return len(chosen)
