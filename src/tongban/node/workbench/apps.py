"""Django's entry to the workbench app."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """The officer's pages."""

    name = "tongban.node.workbench"
    label = "workbench"
