"""Django's entry to the portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The citizen's pages."""

    name = "tongban.node.portal"
    label = "portal"

    def ready(self) -> None:
        """Have the worker remove drafts that expired, and files whose application was given up."""
        from tongban.node.casework import drafts  # noqa: PLC0415 - needs the models loaded
        from tongban.node.periodic import every  # noqa: PLC0415 - kept beside its use
        from tongban.node.portal.uploads import store  # noqa: PLC0415 - needs the models loaded

        every(store.SWEEP_SECONDS, drafts.remove_expired)
        every(store.SWEEP_SECONDS, store.sweep)
