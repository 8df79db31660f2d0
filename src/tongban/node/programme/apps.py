"""Django's entry to the programme app."""

from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    """The plan register: what both plans call for and what works."""

    name = "tongban.node.programme"
    label = "programme"
