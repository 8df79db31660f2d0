"""Django's entry to the credentials app."""

from django.apps import AppConfig


class CredentialsConfig(AppConfig):
    """Credentials: issued, held, shown, verified."""

    name = "tongban.node.credentials"
    label = "credentials"

    def ready(self) -> None:
        """Issue, suspend, restore and revoke with the actions of cases; keep copies of the others' lists."""
        from tongban.node import periodic  # noqa: PLC0415 - needs the apps' models
        from tongban.node.credentials import copies, of_cases  # noqa: PLC0415 - needs the apps' models

        of_cases.register()
        periodic.every(copies.REFRESH_SECONDS, copies.refresh)
