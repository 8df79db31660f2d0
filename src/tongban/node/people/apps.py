"""Django's entry to the people app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """People, their accounts, officers, and who read whose data."""

    name = "tongban.node.people"
    label = "people"
