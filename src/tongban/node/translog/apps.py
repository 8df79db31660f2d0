"""Django's entry to the log."""

from django.apps import AppConfig


class TranslogConfig(AppConfig):
    """The transparency log: records, tiles, checkpoints, what was witnessed."""

    name = "tongban.node.translog"
    label = "translog"
