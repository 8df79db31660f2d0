"""Django's entry to the sign-in app."""

from django.apps import AppConfig


class SignInConfig(AppConfig):
    """Passwords, second factors, sessions, and one sign-in for both sides' portals."""

    name = "tongban.node.sign_in"
    label = "sign_in"
