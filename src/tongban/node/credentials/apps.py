"""Django's entry to the credentials app."""

from django.apps import AppConfig

DECIDES = ("confirm", "issue")
"""Actions by which something is granted: what was shown as evidence is judged again before."""


class CredentialsConfig(AppConfig):
    """Credentials: issued, held, shown, verified."""

    name = "tongban.node.credentials"
    label = "credentials"

    def ready(self) -> None:
        """Issue, suspend, restore and revoke with the actions of cases; keep copies of the others' lists."""
        from tongban.node import periodic  # noqa: PLC0415 - needs the apps' models
        from tongban.node.casework import acting  # noqa: PLC0415 - needs the apps' models
        from tongban.node.credentials import copies, evidence, of_cases  # noqa: PLC0415 - needs the apps' models
        from tongban.node.credentials.wallets import awaiting  # noqa: PLC0415 - needs the apps' models

        of_cases.register()
        for code in DECIDES:
            acting.before(code, evidence.judge_again)
        periodic.every(copies.REFRESH_SECONDS, copies.refresh)
        periodic.every(awaiting.SECONDS, awaiting.look_at_due)
