"""Django's entry to the app of points of service."""

from django.apps import AppConfig


class PointsConfig(AppConfig):
    """Hospitals and pharmacies that submit bills by their own systems."""

    name = "tongban.node.points"
    label = "points"

    def ready(self) -> None:
        """Have the worker forget tokens that have expired."""
        from tongban.node.periodic import every  # noqa: PLC0415 - kept beside its use
        from tongban.node.points import register  # noqa: PLC0415 - needs the models loaded

        every(register.SWEEP_SECONDS, register.forget_expired_tokens)
