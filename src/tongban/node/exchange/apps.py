"""Django's entry to the exchange app."""

from django.apps import AppConfig

from tongban.node import periodic


class ExchangeConfig(AppConfig):
    """What crosses the border: outbox, inbox, consent, connectors."""

    name = "tongban.node.exchange"
    label = "exchange"

    def ready(self) -> None:
        """Have the worker forget deliveries that are too old to be replayed."""
        from tongban.node.exchange.receiving import forget_old_nonces  # noqa: PLC0415 - models are loaded now

        periodic.every(60, forget_old_nonces)
