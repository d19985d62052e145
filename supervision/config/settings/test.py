"""For the test suite: whatever database and broker the launcher started, fast password hashing."""

import atexit
import shutil
import tempfile
from pathlib import Path

from supervision.config.settings.base import *  # noqa: F403  (settings modules extend each other by design)
from supervision.config.settings.base import CACHES, DATABASES, REST_FRAMEWORK

SECRET_KEY = "only-for-tests"  # noqa: S105  (guards nothing: the test database is thrown away)
DEMO = True
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DATA_DIR = Path(tempfile.mkdtemp(prefix="dudao-test-"))
atexit.register(shutil.rmtree, DATA_DIR, ignore_errors=True)
MEDIA_ROOT = DATA_DIR / "files"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir()
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"user": "1000000/min"}  # a test that wants the limit sets it
CACHES["shared"] = CACHES["default"]  # a test that wants Redis, or none, sets it
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: threads and other processes must see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
