"""Django's entry to the theme."""

from django.apps import AppConfig


class ThemeConfig(AppConfig):
    """What all pages share."""

    name = "tongban.node.theme"
    label = "theme"
