"""Django's entry to the casework app."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """Cases: published services, drafts, events, tasks, timers."""

    name = "tongban.node.casework"
    label = "casework"

    def ready(self) -> None:
        """Have the exchange tell casework what became of its questions, and the worker look at timers."""
        from tongban.node.casework import sorting, timers  # noqa: PLC0415 - needs the models loaded
        from tongban.node.exchange import api  # noqa: PLC0415 - needs the models loaded
        from tongban.node.periodic import every  # noqa: PLC0415 - kept beside its use

        api.on_outcome(sorting.settle)
        every(60, timers.fire_due)
