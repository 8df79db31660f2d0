"""Django's entry to the casework app."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Cases: published services, drafts, events, tasks, timers."""

    name = "tongban.node.casework"
    label = "casework"

    def ready(self) -> None:
        """Take in the steps of actions; have answers told, timers looked at, events compared with the log."""
        from tongban.node.casework import actions, log, sorting, timers  # noqa: F401, PLC0415 - needs the models
        from tongban.node.exchange import api  # noqa: PLC0415 - needs the models loaded
        from tongban.node.periodic import every  # noqa: PLC0415 - kept beside its use
        from tongban.node.translog.stored_audit import compare_with  # noqa: PLC0415 - needs the models loaded

        compare_with(log.EVENT, log.stored_events)
        api.on_outcome(sorting.settle)
        every(60, timers.fire_due)
