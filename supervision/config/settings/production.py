"""A province's server. Refuses to start with DEBUG, a default secret or demo accounts (supervision/core/checks.py)."""

from supervision.config import environment
from supervision.config.settings.base import *  # noqa: F403  (settings modules extend each other by design)
from supervision.core.checks import refuse_unsafe

SECRET_KEY = environment.text("SECRET_KEY")
DEBUG = environment.flag("DEBUG")
refuse_unsafe(secret_key=SECRET_KEY, debug=DEBUG)
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backends.AccountBackend"]
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # nginx and the load balancer ask on loopback
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage",
        # nginx serves them as another user; uploaded files stay 0600 (base.py)
        "OPTIONS": {"file_permissions_mode": 0o644, "directory_permissions_mode": 0o755},
    },
}
WHITENOISE_USE_FINDERS = False
DATABASE_URL = environment.text("DATABASE_URL")  # no default: a province never runs on a file by accident
