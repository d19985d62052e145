"""Who may be signed in at all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend


class AccountBackend(ModelBackend):
    """Name and password; a demo account counts only in an installation that is a demo (its password is public)."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Asked at sign-in and at each request of a session."""
        return super().user_can_authenticate(user) and (settings.DEMO or not getattr(user, "is_demo", False))
