"""One settings file; everything that differs between installations comes from the environment."""

import base64
import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from boai.site.rooms import ROOMS
from boai.site.secrets import field_keys, own_secrets

PACKAGE = Path(__file__).resolve().parent.parent
BOAI_HOME = Path(os.environ.get("BOAI_HOME", "var")).resolve()
BOAI_PORT = int(os.environ.get("BOAI_PORT", "8000"))
BOAI_MODE = os.environ.get("BOAI_MODE", "demo")
"""``demo``: one machine, local use, sandbox payment; ``production``: unsafe values are refused."""

_own = own_secrets(BOAI_HOME)
SECRET_KEY = os.environ.get("BOAI_SECRET_KEY") or _own["secret_key"]
BOAI_FIELD_KEYS = field_keys(os.environ.get("BOAI_FIELD_KEYS") or _own["field_keys"])
BOAI_INDEX_KEY = base64.b64decode(_own["index_key"])
BOAI_LOG_KEY = base64.b64decode(os.environ.get("BOAI_LOG_KEY") or _own["log_key"])
BOAI_LOG_ORIGIN = os.environ.get("BOAI_LOG_ORIGIN", "boai.local/log")
BOAI_LOG_SEAL = os.environ.get("BOAI_LOG_SEAL", "")

DEBUG = False
ALLOWED_HOSTS = [
    h for h in os.environ.get("BOAI_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",") if h
]
_PRODUCTION = BOAI_MODE == "production"
BOAI_WATCHES_CLOCK = True
"""Whether a clock that cannot be believed stops what depends on the moment; off only where a test
moves the clock itself."""
BOAI_LONGEST_REST = timedelta(days=1 if _PRODUCTION else 30)
"""After a longer rest people confirm the clock (``boai clock confirm``) before anything is dated."""
BOAI_SOCIETY = os.environ.get("BOAI_SOCIETY", "")
"""Code or full name of the society that this installation belongs to."""
BOAI_PUBLIC_URL = os.environ.get("BOAI_PUBLIC_URL", f"http://127.0.0.1:{BOAI_PORT}")
CSRF_TRUSTED_ORIGINS = [BOAI_PUBLIC_URL]


def _database(url: str) -> dict[str, object]:
    if not url or url.startswith("sqlite"):
        name = url.removeprefix("sqlite:///") if url else str(BOAI_HOME / "boai.sqlite3")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name,
            "OPTIONS": {
                # Writers queue at BEGIN instead of failing in the middle. The journal stays in its
                # rollback mode: the WAL of SQLite 3.7.0 to 3.51.2 can corrupt (finding P6).
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;",
            },
            "TEST": {"NAME": None},
        }
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": os.environ.get("BOAI_TEST_DATABASE_NAME") or None},
    }


DATABASES = {"default": _database(os.environ.get("BOAI_DATABASE_URL", ""))}
if os.environ.get("BOAI_DATABASE_OWNER_URL"):
    # Only for ``boai init``: the role that owns the tables migrates and grants; the role of
    # BOAI_DATABASE_URL serves and cannot change history.
    DATABASES["owner"] = _database(os.environ["BOAI_DATABASE_OWNER_URL"])
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "identity.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "boai.ground.kit.apps.KitConfig",
    *ROOMS,
    "boai.site",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "boai.foundations.identity.web.middleware.ActorMiddleware",
    "boai.ground.kit.web.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "boai.site.urls"
WSGI_APPLICATION = "boai.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "boai.ground.kit.web.context.page_frame",
            ],
            "builtins": ["boai.ground.kit.templatetags.kit"],
        },
    }
]

LANGUAGE_CODE = os.environ.get("BOAI_LANGUAGE", "zh-hans")
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
STATIC_ROOT = BOAI_HOME / "static"
MEDIA_ROOT = BOAI_HOME / "evidence"
WHITENOISE_USE_FINDERS = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "boai.foundations.identity.web.adapters.StaffAccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_FORMS = {"login": "boai.foundations.identity.web.forms.StaffLoginForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
# Wrong passwords are counted by axes, per user name and address: one office shares one address.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": None}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _PRODUCTION
MFA_TOTP_ISSUER = "Boai"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_CALLABLE = "boai.foundations.identity.web.own_pages.locked"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _PRODUCTION
SESSION_COOKIE_AGE = 12 * 3600
SECURE_SSL_REDIRECT = _PRODUCTION and os.environ.get("BOAI_BEHIND_TLS", "1") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _PRODUCTION else None
SECURE_HSTS_SECONDS = 31536000 if _PRODUCTION else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
CSRF_FAILURE_VIEW = "boai.site.pages.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "plain"}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"axes": {"level": "ERROR"}},
}
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008"] if not _PRODUCTION else []

BOAI_CHANNELS = os.environ.get("BOAI_CHANNELS", "sandbox").split(",")
"""Payment channels switched on; ``sandbox`` signs and calls back as WeChat Pay v3 does."""
