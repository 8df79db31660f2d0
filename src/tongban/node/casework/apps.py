"""Django's entry to the casework app."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Cases: published services, drafts, events, tasks, timers."""

    name = "tongban.node.casework"
    label = "casework"
