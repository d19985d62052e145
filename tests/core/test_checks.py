"""Production refuses to start with DEBUG, a weak secret or the demo's accounts, at every entry point."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from supervision.core import checks

SECRET = "k7Qd-91_aXw3VbZ0pLrT5uYc8NfHgE2sJ6mOiKx4RtBvWqPz"
GOOD = SECRET + "0123456789"


@pytest.mark.parametrize(
    ("secret", "reason"),
    [
        ("", "50 characters"),
        (SECRET, "50 characters"),
        ("ab" * 40, "different ones"),
        ("django-insecure-" + GOOD, "known default"),
        ("change-me-" + GOOD, "known default"),
        ("Only-for-tests-" + GOOD, "known default"),
    ],
)
def test_a_weak_secret_is_refused_with_the_mend(secret, reason):
    with pytest.raises(ImproperlyConfigured, match=reason) as refusal:
        checks.refuse_unsafe(secret_key=secret, debug=False)
    assert "token_urlsafe" in str(refusal.value)


def test_debug_is_refused_even_with_a_good_secret():
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        checks.refuse_unsafe(secret_key=GOOD, debug=True)
    checks.refuse_unsafe(secret_key=GOOD, debug=False)


# The entry points, as systemd starts them, on a database of their own


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """The environment of a province's server, on a migrated database without accounts."""
    folder = tmp_path_factory.mktemp("province")
    environment = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "CI")}
    environment |= {
        "DJANGO_SETTINGS_MODULE": "supervision.config.settings.production",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/dudao.sqlite3",
        "SECRET_KEY": GOOD,
        "ALLOWED_HOSTS": "dudao.example.cn",
    }
    assert start("manage", environment, "migrate", "-v0").returncode == 0
    return environment


def start(entry, environment, *words):
    commands = {
        "manage": [sys.executable, "manage.py", *(words or ["check"])],
        "wsgi": [sys.executable, "-m", "gunicorn", "--check-config", "supervision.config.wsgi:application"],
        "asgi": [sys.executable, "-c", "import supervision.config.asgi"],
        "worker": [sys.executable, "-m", "celery", "-A", "supervision", "worker", "--pool", "solo"],
    }
    return subprocess.run(
        commands[entry], cwd=project.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60
    )


ADD = "from accounts.models import User; User.objects.create_user('court-1-lead', 'x', name='王', is_demo=True)"
DROP = "from accounts.models import User; User.objects.all().delete()"


@pytest.fixture(scope="module")
def with_demo(province):
    as_local = province | {"DJANGO_SETTINGS_MODULE": "supervision.config.settings.local"}
    assert start("manage", as_local, "shell", "-v0", "-c", ADD).returncode == 0
    yield province
    start("manage", as_local, "shell", "-v0", "-c", DROP)


@pytest.mark.once
@pytest.mark.parametrize(
    ("entry", "name", "value", "reason"),
    [
        ("manage", "DEBUG", "1", "DEBUG shows settings"),
        ("wsgi", "SECRET_KEY", "secret", "SECRET_KEY is a known default"),
        ("manage", "SECRET_KEY", None, "Set the environment variable SECRET_KEY"),
        ("wsgi", "DATABASE_URL", None, "Set the environment variable DATABASE_URL"),
    ],
)
def test_no_entry_point_starts_with_an_unsafe_environment(province, entry, name, value, reason):
    changed = {key: text for key, text in province.items() if key != name} | ({name: value} if value else {})
    done = start(entry, changed)
    assert done.returncode != 0
    assert reason in done.stderr


@pytest.mark.once
@pytest.mark.parametrize("entry", ["manage", "wsgi"])
def test_without_fault_each_entry_point_starts(province, entry):
    done = start(entry, province)
    assert done.returncode == 0, done.stderr


@pytest.mark.once
@pytest.mark.parametrize("entry", ["manage", "wsgi", "asgi", "worker"])
def test_no_entry_point_starts_with_demo_accounts(with_demo, entry):
    done = start(entry, with_demo)
    assert done.returncode != 0
    assert "demo accounts (court-1-lead" in done.stderr


# Should the database have been silent at the start


@pytest.mark.django_db
def test_a_demo_account_cannot_sign_in_where_there_is_no_demo(settings):
    from accounts.backends import AccountBackend

    User.objects.create_user("lead", "dudao-demo", name="王", is_demo=True)
    User.objects.create_user("plain", "dudao-demo", name="李")
    gone = User.objects.create_user("gone", "dudao-demo", name="赵", is_active=False)
    backend = AccountBackend()
    assert backend.authenticate(None, username="lead", password="dudao-demo")
    settings.DEMO = False
    assert backend.authenticate(None, username="lead", password="dudao-demo") is None
    assert backend.get_user(User.objects.get(username="lead").pk) is None
    assert backend.authenticate(None, username="plain", password="dudao-demo")
    assert backend.get_user(gone.pk) is None
