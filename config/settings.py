"""All settings, read from the environment; a wrong or missing value stops the start."""

import re
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext_lazy as _

from core.hours import Hours

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"


def required(name: str, *, when_debugging: Any) -> Any:
    """Return the variable `name`; only with DEBUG on may it be missing."""
    if DEBUG:
        return env(name, default=when_debugging)
    if not (value := env(name, default="")):
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


DEBUG: bool = env.bool("DEBUG", default=False)
SECRET_KEY = required("SECRET_KEY", when_debugging="only-for-debugging")
ALLOWED_HOSTS = [
    host.strip()
    for host in required("ALLOWED_HOSTS", when_debugging="localhost,127.0.0.1").split(
        ","
    )
]
# Served over TLS? Off only for a demo or a test on this machine.
HTTPS: bool = env.bool("HTTPS", default=not DEBUG)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "core",
    "accounts",
    "outbox",
    "municipalities",
    # The programs. A further one needs its line here and one in urls.py.
    "agreements",
    "alerts",
    "childcare",
    "mutualaid",
    "donations",
    "deliveries",
    "dashboard",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "auditlog",
    "bootstrap",
    "csp",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "import_export",
    "ninja",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.ResponseHeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.LanguageMiddleware",
    "config.api_answers.ApiAnswersMiddleware",
    "django.middleware.common.CommonMiddleware",
    "core.middleware.ReadableTextMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.HtmxLoginMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "auditlog.middleware.AuditlogMiddleware",
    "dashboard.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.page_frame",
            ],
        },
    },
]
FORM_RENDERER = "core.forms.FormRenderer"
DJANGO_TABLES2_TEMPLATE = "components/_table.html"

# Database ---------------------------------------------------------------------------
# SQLite waits for the write lock instead of failing (WAL, IMMEDIATE), and a commit
# that was answered survives a power cut (synchronous=FULL).
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    ),
}
DATABASES = {
    "default": env.db_url(
        "DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'tsunagari.sqlite3'}"
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    VAR_DIR.mkdir(exist_ok=True)
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["OPTIONS"] = {"pool": True}
# The sign-in limits count over all worker processes, so their counters are shared.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}

# Sign-in ----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{VALIDATION}.UserAttributeSimilarityValidator",
    },
    {
        "NAME": f"{VALIDATION}.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": f"{VALIDATION}.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# A whole depot signs in at half past seven from behind one address, so that is given
# room; the account itself is not.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "100/5m/ip,5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.bool("BEHIND_PROXY", default=False))
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 60 * 60

# Language and time ------------------------------------------------------------------
LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Tokyo"

# The first day of the fiscal year, as MM-DD.
FISCAL_YEAR_START: str = env("FISCAL_YEAR_START", default="03-21")
# From which change against the year before, in per cent, a figure is looked at before
# its year is closed.
CHECK_CHANGE_PERCENT = env("CHECK_CHANGE_PERCENT", default="30")
if not (CHECK_CHANGE_PERCENT.isascii() and CHECK_CHANGE_PERCENT.isdecimal()):
    raise ImproperlyConfigured("CHECK_CHANGE_PERCENT must be a whole number.")

# Incident reports -------------------------------------------------------------------
# Where people open the pages; links in mails begin with it.
SITE_URL: str = env("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
if not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?", SITE_URL):
    raise ImproperlyConfigured("SITE_URL must be like https://www.example.jp.")


def minutes(name: str, default: str) -> tuple[int, int]:
    """Return after how many minutes the officer and the manager are warned."""
    text = env(name, default=default)
    if not (found := re.fullmatch(r"([0-9]{1,6}),([0-9]{1,6})", text)):
        raise ImproperlyConfigured(f"{name} must be two whole numbers: {default}.")
    officer, manager = int(found[1]), int(found[2])
    if not 0 < officer <= manager:
        raise ImproperlyConfigured(f"{name}: the first is the smaller: {default}.")
    return officer, manager


# After how many days the queue reminds of asking a desk how it went.
ALERTS_ASK_AGAIN_DAYS = env("ALERTS_ASK_AGAIN_DAYS", default="7")
if not re.fullmatch(r"[1-9][0-9]{0,2}", ALERTS_ASK_AGAIN_DAYS):
    raise ImproperlyConfigured(
        "ALERTS_ASK_AGAIN_DAYS must be a whole number of days, 1 to 999."
    )
# How long after closing personal data is kept. Fewer days than a month are taken for a
# slip, such as years: erasing cannot be undone.
try:
    ALERTS_RETENTION_DAYS = int(env("ALERTS_RETENTION_DAYS", default="1825"))
except ValueError:
    ALERTS_RETENTION_DAYS = 0
if not 31 <= ALERTS_RETENTION_DAYS <= 36525:
    raise ImproperlyConfigured(
        "ALERTS_RETENTION_DAYS must be a whole number of days, 31 to 36525."
    )
# Urgent reports wait in real time, the others in office time.
ALERTS_URGENT_MINUTES = minutes("ALERTS_URGENT_MINUTES", "10,20")
ALERTS_MINUTES = minutes("ALERTS_MINUTES", "60,120")
# Closed on public holidays and from 29 December to 3 January.
ALERTS_OFFICE_HOURS: str = env("ALERTS_OFFICE_HOURS", default="月-土 8:30-18:00")
try:
    Hours.parse(ALERTS_OFFICE_HOURS)
except ValidationError as error:
    raise ImproperlyConfigured(
        "ALERTS_OFFICE_HOURS must be opening hours such as 月-土 8:30-18:00."
    ) from error

# Static files and mail --------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR_DIR / "files"},
    },
    "staticfiles": {
        "BACKEND": "core.staticfiles.StaticFilesStorage",
    },
}
# Every mail becomes a row of the outbox; its worker hands it to what EMAIL_URL names:
# transport, and the port when there is none in the address.
_MAIL_ROADS = {
    "smtp": ("outbox.transport.SmtpBackend", 25),
    "smtp+tls": ("outbox.transport.SmtpBackend", 587),
    "smtp+ssl": ("outbox.transport.SmtpBackend", 465),
    "filemail": ("outbox.transport.FileBackend", None),
}
try:
    # Without EMAIL_URL mails land as files, so that the demo can be tried whole.
    _url = urlsplit(env("EMAIL_URL", default="filemail:///"))
    OUTBOX_TRANSPORT, _port = _MAIL_ROADS[_url.scheme]
    vars().update(env.email_url("EMAIL_URL", default="filemail:///"))
    if _port and not _url.hostname:
        raise ValueError  # noqa: TRY301 - all of them are told alike
    EMAIL_PORT = _url.port or _port
except (ValueError, LookupError) as error:
    # The value itself may hold a password.
    raise ImproperlyConfigured(
        "EMAIL_URL must be like smtp://host, smtp+tls://user:password@host:587, "
        "smtp+ssl://user:password@host or filemail:///folder."
    ) from error
EMAIL_BACKEND = "outbox.backend.EmailBackend"
EMAIL_FILE_PATH = Path(_url.path) if _url.path.strip("/") else VAR_DIR / "mail"
# How long to wait for an answer of the mail server, and how long one mail may take as
# a whole; a worker holds its mails for twice that time (outbox.worker.LEASE).
EMAIL_TIMEOUT = 5
OUTBOX_MAIL_SECONDS = 7
DEFAULT_FROM_EMAIL: str = env("DEFAULT_FROM_EMAIL", default="tsunagari@localhost")
if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(DEFAULT_FROM_EMAIL)[1]):
    raise ImproperlyConfigured(
        "DEFAULT_FROM_EMAIL must be an address, such as coop@example.jp."
    )

# Delivery notices -------------------------------------------------------------------
# News of a delivery is sent no later than this; at night it waits for the morning.
DELIVERIES_FRESH_HOURS = env("DELIVERIES_FRESH_HOURS", default="18")
if not re.fullmatch(r"[1-9][0-9]?", DELIVERIES_FRESH_HOURS):
    raise ImproperlyConfigured(
        "DELIVERIES_FRESH_HOURS must be a whole number of hours, 1 to 99."
    )
DELIVERIES_QUIET_HOURS: str = env("DELIVERIES_QUIET_HOURS", default="21:00-07:00")
if not re.fullmatch(
    r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]",
    DELIVERIES_QUIET_HOURS,
):
    raise ImproperlyConfigured(
        "DELIVERIES_QUIET_HOURS must be two times such as 21:00-07:00."
    )
# Whom families ask, such as a name, a telephone number and its hours, in one line.
DELIVERIES_CONTACT: str = env("DELIVERIES_CONTACT", default="").strip()
if len(DELIVERIES_CONTACT.splitlines()) > 1:
    raise ImproperlyConfigured("DELIVERIES_CONTACT must be one line.")


def whole_number(name: str, default: str, least: int, most: int) -> int:
    """Return the variable `name` as a number between two others."""
    text = env(name, default=default)
    if not (re.fullmatch(r"[0-9]{1,6}", text) and least <= int(text) <= most):
        raise ImproperlyConfigured(f"{name} must be a whole number, {least} to {most}.")
    return int(text)


# After how many minutes of waiting the coordinators are told that mails do not go out.
DELIVERIES_ALARM_MINUTES = whole_number("DELIVERIES_ALARM_MINUTES", "10", 1, 1440)
# From which hour on the report about a day's sending is due.
DELIVERIES_REPORT_HOUR = whole_number("DELIVERIES_REPORT_HOUR", "18", 0, 23)

# Safety -----------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https")
    if env.bool("BEHIND_PROXY", default=False)
    else None
)
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "core.errors.csrf_failed"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Third-party applications -----------------------------------------------------------
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True
FILTERS_EMPTY_CHOICE_LABEL = _("All")

# Errors are logged without their messages, which may quote what somebody typed. The
# filter stands at the logger of requests, too, for handlers that a test or an outside
# service adds; Django's mails of errors, which quote even more, are not sent.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "without_messages": {"()": "core.logs.WithoutMessages"},
        "without_tokens": {"()": "core.logs.WithoutTokens"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["without_messages", "without_tokens"],
        }
    },
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},
        "django.request": {"filters": ["without_messages", "without_tokens"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
}
