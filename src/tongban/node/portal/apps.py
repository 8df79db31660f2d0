"""Django's entry to the portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The citizen's pages."""

    name = "tongban.node.portal"
    label = "portal"

    def ready(self) -> None:
        """Say which files a case has; have the worker remove what expired, was given up or is purged."""
        from tongban.node.casework import drafts, enclosures  # noqa: PLC0415 - needs the models loaded
        from tongban.node.periodic import every  # noqa: PLC0415 - kept beside its use
        from tongban.node.portal.uploads import purging, store  # noqa: PLC0415 - needs the models loaded
        from tongban.node.retention import told  # noqa: PLC0415 - kept beside its use
        from tongban.node.translog.stored_audit import compare_with  # noqa: PLC0415 - needs the models loaded

        enclosures.found_by(store.files_of)
        every(store.SWEEP_SECONDS, drafts.remove_expired)
        compare_with(purging.PURGED, purging.stored_purges, told)
        every(store.SWEEP_SECONDS, store.sweep)
        every(store.SWEEP_SECONDS, purging.purge_as_declared)
