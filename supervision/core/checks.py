"""What a province's server refuses to start with: DEBUG, a weak secret, the demo's accounts."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 50
FEWEST_CHARACTERS = 8
KNOWN_SECRETS = ("django-insecure", "only-for-tests", "change-me", "secret")
MAKE_ONE = 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(50))"'


def refuse_unsafe(*, secret_key: str, debug: bool) -> None:
    """Called by the production settings themselves, so that no entry point goes round it.

    Raises ImproperlyConfigured, naming the variable and the mend.
    """
    if debug:
        raise ImproperlyConfigured("DEBUG shows settings and data to strangers: remove it from the environment.")
    if secret_key.lower().startswith(KNOWN_SECRETS):
        raise ImproperlyConfigured(f"SECRET_KEY is a known default. {MAKE_ONE}")
    if len(secret_key) < SHORTEST_SECRET or len(set(secret_key)) < FEWEST_CHARACTERS:
        raise ImproperlyConfigured(
            f"SECRET_KEY needs {SHORTEST_SECRET} characters, at least {FEWEST_CHARACTERS} different ones. {MAKE_ONE}"
        )


def demo_accounts() -> list[str]:
    """Names of demo accounts where none may be; empty as well while the database or its table cannot be asked.

    Accounts that could not be seen at the start still cannot sign in (accounts/backends.py).
    """
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.db import DatabaseError

    if settings.DEMO:
        return []
    people = get_user_model().objects.filter(is_demo=True).order_by("pk")
    try:
        return list(people.values_list("username", flat=True)[:5])
    except DatabaseError:
        return []


def refuse_demo_accounts(**_: Any) -> None:
    """Called where a server process starts: wsgi, asgi, the worker.

    Raises ImproperlyConfigured, naming some of the accounts.
    """
    if names := demo_accounts():
        raise ImproperlyConfigured(_sentence(names))


@register(Tags.security)
def check_demo_accounts(**_: Any) -> list[Error]:
    """For manage.py."""
    names = demo_accounts()
    return [Error(_sentence(names), id="dudao.E001")] if names else []


def _sentence(names: list[str]) -> str:
    return (
        f"The database holds demo accounts ({', '.join(names)}, …), whose password everybody knows. "
        "Use a database that never saw the demo (docs/operations.md)."
    )
