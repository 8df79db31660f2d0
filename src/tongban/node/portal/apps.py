"""Django's entry to the portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The citizen's pages."""

    name = "tongban.node.portal"
    label = "portal"

    def ready(self) -> None:
        """Say which files a case has; have the worker remove what expired or was given up."""
        from tongban.node.casework import drafts, enclosures  # noqa: PLC0415 - needs the models loaded
        from tongban.node.periodic import every  # noqa: PLC0415 - kept beside its use
        from tongban.node.portal.uploads import store  # noqa: PLC0415 - needs the models loaded

        enclosures.found_by(store.files_of)
        every(store.SWEEP_SECONDS, drafts.remove_expired)
        every(store.SWEEP_SECONDS, store.sweep)
