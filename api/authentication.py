"""Who asks: a session of the browser, with CSRF."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated


class BrowserSession(SessionAuthentication):
    """The browser's session; who has none is asked for a token (401)."""

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="dudao"'


class Admitted(IsAuthenticated):
    """Somebody who is signed in and has chosen a password of their own."""

    message = ""

    def has_permission(self, request: Any, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if request.user.must_change_password:
            self.message = _("首次登录须先在网页上修改密码。")
            return False
        return True
