"""Django's entry to the casework app."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Cases: published services, drafts, events, tasks, timers."""

    name = "tongban.node.casework"
    label = "casework"

    def ready(self) -> None:
        """Take in the steps of actions; have answers told to casework and timers looked at."""
        from tongban.node.casework import actions, sorting, timers  # noqa: F401, PLC0415 - needs the models
        from tongban.node.exchange import api  # noqa: PLC0415 - needs the models loaded
        from tongban.node.periodic import every  # noqa: PLC0415 - kept beside its use

        api.on_outcome(sorting.settle)
        every(60, timers.fire_due)
