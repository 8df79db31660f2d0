"""The Django apps that make up a node; a list of its own so that tools can read it without a node."""

INSTALLED_APPS = [
    "tongban.node.admin",
    "tongban.node.admin.django_admin.OperatorAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "tongban.node.translog",
    "tongban.node.people",
    "tongban.node.sign_in",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.idp.oidc",
    "tongban.node.casework",
    "tongban.node.exchange",
    "tongban.node.credentials",
    "tongban.node.programme",
    "tongban.node.theme",
    "tongban.node.portal",
    "tongban.node.workbench",
]
ACCOUNT_MODEL = "people.Account"
