"""Django's entry to the exchange app."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """What crosses the border: outbox, inbox, consent, connectors."""

    name = "tongban.node.exchange"
    label = "exchange"
