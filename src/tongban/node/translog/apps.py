"""Django's entry to the log."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TranslogConfig(AppConfig):
    """The transparency log: records, tiles, checkpoints, what was witnessed."""

    name = "tongban.node.translog"
    verbose_name = _("存证日志")
    label = "translog"
