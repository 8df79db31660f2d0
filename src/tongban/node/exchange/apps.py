"""Django's entry to the exchange app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from tongban.node import periodic, retention
from tongban.protocol.tlog.auditing import Audit


class ExchangeConfig(AppConfig):
    """What crosses the border: outbox, inbox, consent, connectors."""

    name = "tongban.node.exchange"
    verbose_name = _("两地交换")
    label = "exchange"

    def ready(self) -> None:
        """Have the worker do what is due every so often: forget, say, compare directories with peers."""
        from tongban.node.exchange import attachments, directories, purging  # noqa: PLC0415 - models are loaded now
        from tongban.node.exchange.conversing.delivering import say_what_is_due  # noqa: PLC0415 - needs models
        from tongban.node.exchange.conversing.forgetting import forget_as_declared  # noqa: PLC0415 - needs models
        from tongban.node.exchange.enclosing import send_due  # noqa: PLC0415 - needs models
        from tongban.node.exchange.receiving import forget_old_nonces  # noqa: PLC0415 - needs models
        from tongban.node.translog.stored_audit import also_verify, compare_with  # noqa: PLC0415 - needs models

        compare_with(purging.PURGED, purging.stored_purges, retention.told)
        also_verify(_files_that_crossed)
        periodic.every(60, forget_old_nonces)
        periodic.every(60, forget_as_declared)
        periodic.every(3600, lambda: attachments.own().forget_unfinished())
        periodic.every(3600, purging.purge_as_declared)
        periodic.every(10, say_what_is_due)
        periodic.every(2, send_due)
        periodic.every(directories.SECONDS_BETWEEN_PEERS, directories.meet_a_peer)


def _files_that_crossed(result: Audit) -> None:
    from tongban.node.exchange import attachments  # noqa: PLC0415 - its folder is known once a node is

    attachments.own().verify_all(result)
