"""What every installation shares. Whatever differs comes from the environment (.env.example lists it)."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from supervision.config import environment

BASE_DIR = Path(__file__).resolve().parents[3]
DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / "var"))).resolve()

DEBUG = False
DEMO = False  # demo accounts exist only where this is True; production refuses it
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "guardian",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "supervision.core",
    "accounts",
    "supervision.apps.SupervisionConfig",
    "feedback",
    "rectification",
    "api",
]

MIDDLEWARE = [
    "supervision.core.middleware.LoadingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionUseMiddleware",
    "accounts.middleware.FirstPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.SignInMiddleware",  # every view, unless it says otherwise
    "supervision.core.middleware.NoStoreMiddleware",
    "supervision.core.web.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
    "supervision.core.middleware.DraftMiddleware",  # the last: it sees what reached its view
]

ROOT_URLCONF = "supervision.config.urls"
WSGI_APPLICATION = "supervision.config.wsgi.application"
ASGI_APPLICATION = "supervision.config.asgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "supervision.core.frame.frame",
            ],
        },
    }
]

DATABASES = {"default": environment.database(environment.text("DATABASE_URL", f"sqlite:///{DATA_DIR}/dudao.sqlite3"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False

# Accounts. Guardian only stores grants: reading is accounts/scopes.py, writing accounts/grants.py.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.CharacterClassValidator", "OPTIONS": {"classes": 3}},
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "supervision:workbench"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
AXES_FAILURE_LIMIT = environment.number("SIGN_IN_FAILURES", 5)
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = ["username"]
AXES_LOCKOUT_CALLABLE = "accounts.views.sign_in.locked_out"
AXES_IPWARE_META_PRECEDENCE_ORDER = ["REMOTE_ADDR"]  # a forged X-Forwarded-For changes nothing
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # our own events record sign-ins: one history and no second
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_VERBOSE = False
SILENCED_SYSTEM_CHECKS = [
    "axes.W006",  # the lock is on the name alone: behind one office gateway many people share an address
    "guardian.W001",  # guardian only stores grants; accounts/scopes.py reads them once a request
]

HELP_CONTACT = environment.text("HELP_CONTACT", "")  # whom to call about signing in: shown to everybody
SESSION_COOKIE_AGE = environment.number("SESSION_HOURS", 12) * 3600
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],  # Bootstrap's check marks; photos that are not sent yet
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")  # older keys, while what they made is still in use

PORT = environment.number("PORT", 8000)  # of `manage.py up`
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
UPLOAD_MAX_BYTES = environment.number("UPLOAD_MAX_MB", 50) * 1024 * 1024
WHITENOISE_USE_FINDERS = True

# E-mail of reminders, by any SMTP server; without one nobody is written to.
EMAIL_HOST = environment.text("EMAIL_HOST", "")
EMAIL_PORT = environment.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS")
EMAIL_USE_SSL = environment.flag("EMAIL_USE_SSL")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", "dudao@localhost")
MAIL_DOMAIN = DEFAULT_FROM_EMAIL.rstrip(">").rpartition("@")[2]  # of the Message-ID

# Robots, gateways and webhooks are led out of the server's own network unless this says otherwise.
ALLOW_PRIVATE_ADDRESSES = environment.flag("ALLOW_PRIVATE_ADDRESSES")
CA_BUNDLE = environment.text("CA_BUNDLE", "")  # a file of certificates instead of the public ones
OUTBOUND_SECONDS = 15  # of one request to the outside, from the name to the last byte

# The API: JSON for whoever is signed in; every error is a problem (RFC 9457).
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "api.authentication.BrowserSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.authentication.Admitted"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.wire.JsonObjectParser", "api.wire.FormParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.wire.AlwaysJson",
    "DEFAULT_PAGINATION_CLASS": "api.paging.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "api.describing.Schema",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.PersonThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": f"{environment.number('API_REQUESTS_A_MINUTE', 1200)}/min"},
    "EXCEPTION_HANDLER": "api.problems.answer",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Dudao 督导",
    "DESCRIPTION": "Everything the pages show and every move they make, by the same scope and the same rules.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["api.authentication.Admitted"],
    "POSTPROCESSING_HOOKS": [
        "api.describing.with_problems",
    ],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,
}

# Celery: deadlines live in the database and beat scans them; the queue is only a wake-up call.
REDIS_URL = environment.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CELERY_BROKER_URL = REDIS_URL
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "shared": {  # counts for all server processes; whoever uses it goes on without (api/throttling.py)
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "dudao",
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 0.3},
    },
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 5,
    "socket_connect_timeout": 1,
    # A page that wakes the worker tries twice and goes on: the sweep catches up (kombu waits 6 s by default).
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "socket_timeout": 5,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TASK_PUBLISH_RETRY = False

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "nowhere": {"class": "logging.NullHandler"},
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "loggers": {"apprise": {"handlers": ["nowhere"], "propagate": False}},  # its warnings name keys
    "root": {"handlers": ["stderr"], "level": environment.text("LOG_LEVEL", "INFO")},
}
