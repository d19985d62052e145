"""Who asks: a personal token, or the browser's session with CSRF."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated

from accounts.models import User
from api import tokens
from api.models import PersonalToken

SCHEME = "bearer"


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer dudao_…`."""

    def authenticate(self, request: Any) -> tuple[User, PersonalToken] | None:
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME:
            return None
        token = tokens.holder_of(text.strip(), timezone.now())
        if token is None:
            raise AuthenticationFailed(_("令牌无效、已到期或已吊销。"))
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return 'Bearer realm="dudao"'


class BrowserSession(SessionAuthentication):
    """The browser's session, with CSRF."""


def only_reads(request: Any) -> bool:
    """Whether this is asked by a token for reading only: nothing that follows from it may bind its person."""
    return isinstance(request.auth, PersonalToken) and not request.auth.may_write


class Admitted(IsAuthenticated):
    """Somebody who is signed in and has chosen a password of their own; a token for reading only reads."""

    message = ""

    def has_permission(self, request: Any, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        if request.user.must_change_password:
            self.message = _("首次登录须先在网页上修改密码。")
            return False
        if only_reads(request):
            self.message = _("这个令牌只能查阅，不能办理。")
            return request.method in SAFE_METHODS
        return True
