"""Django's entry to the room of the operator's pages."""

from django.apps import AppConfig


class OperatingConfig(AppConfig):
    """The operator's pages."""

    name = "tongban.node.admin"
    label = "operating"

    def ready(self) -> None:
        """Register what operators see, under the names that they read."""
        from django.contrib.admin import site  # noqa: PLC0415 - needs the apps to be ready

        from tongban.node.admin import admin, wording  # noqa: PLC0415 - needs the apps' models

        wording.name_fields((*site._registry, admin.GrantInline.model))
