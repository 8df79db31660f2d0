"""Django's entry to the room of the operator's pages."""

from django.apps import AppConfig


class OperatingConfig(AppConfig):
    """The operator's pages."""

    name = "tongban.node.admin"
    label = "operating"

    def ready(self) -> None:
        """Register what operators see."""
        from tongban.node.admin import admin  # noqa: F401, PLC0415 - needs the apps' models
