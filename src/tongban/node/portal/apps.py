"""Django's entry to the portal app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The citizen's pages."""

    name = "tongban.node.portal"
    label = "portal"
