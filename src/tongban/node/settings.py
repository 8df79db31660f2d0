"""Django settings of one node, all from its NodeConfig.

Promises: no secret and no address stands here; every page is sent with a policy that allows no foreign asset.
"""

import hashlib
import hmac
from pathlib import Path
from urllib.parse import urlsplit

from tongban.node.config import this_node
from tongban.node.database import open_database
from tongban.node.installed import ACCOUNT_MODEL, INSTALLED_APPS

__all__ = ["ACCOUNT_MODEL", "INSTALLED_APPS"]

NODE = this_node()
HERE = Path(__file__).resolve().parent

SECRET_KEY = hmac.new(NODE.secret_bytes(), b"session", hashlib.sha256).hexdigest()
DEBUG = False
ALLOWED_HOSTS = [urlsplit(NODE.pages_url).hostname or "", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [NODE.pages_url]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tongban.node.security.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tongban.node.theme.language.ChosenLanguage",
    "tongban.node.theme.errors.WrongMethod",
    "tongban.node.portal.uploads.limit.RequestSize",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "tongban.node.urls"
WSGI_APPLICATION = "tongban.node.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tongban.node.theme.context.node",
            ],
        },
    }
]

DATABASES = {"default": open_database(NODE).django()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = ACCOUNT_MODEL
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LOGIN_URL = "sign-in"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "sign_in_counts"}}
ALLAUTH_TRUSTED_PROXY_COUNT = NODE.trusted_proxies
ACCOUNT_ADAPTER = "tongban.node.sign_in.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = True
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "tongban.node.sign_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not NODE.is_secure
SOCIALACCOUNT_ADAPTER = "tongban.node.sign_in.consumer.ConsumerAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": NODE.sign_in_apps()}}
SOCIALACCOUNT_STORE_TOKENS = False
IDP_OIDC_ADAPTER = "tongban.node.sign_in.provider.ProviderAdapter"
CSRF_FAILURE_VIEW = "tongban.node.theme.errors.expired_form"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in (HERE / "static" / "own", HERE / "static" / "built") if path.is_dir()]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_NAME = f"tongban_{NODE.name}"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SECURE = NODE.is_secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = f"tongban_csrf_{NODE.name}"
CSRF_COOKIE_SECURE = NODE.is_secure
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "tongban_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if NODE.is_secure else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"identity": {"()": "tongban.node.security.IdentityFilter"}},
    "formatters": {"structured": {"()": "tongban.node.security.StructuredFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "structured", "filters": ["identity"]},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "httpx": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
