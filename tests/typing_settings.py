"""What mypy's Django plugin needs to know of the settings, without a node or a database."""

from tongban.node.installed import ACCOUNT_MODEL, INSTALLED_APPS  # noqa: F401 - read by Django from here

AUTH_USER_MODEL = ACCOUNT_MODEL
SECRET_KEY = "only for type checks"
MIDDLEWARE = ["allauth.account.middleware.AccountMiddleware"]
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "unused"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
