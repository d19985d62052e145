"""Who may go on: everybody signs in first; a password that somebody else has seen is changed before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from accounts import sessions

SIGN_IN_FIRST = 401
STILL_OPEN = frozenset(
    {"accounts:password", "accounts:sign-out", "accounts:sign-in", "accounts:sign-in-help", "accounts:language"}
)


class SessionUseMiddleware:
    """Remembers, every few minutes, that a session is in use. Stands after AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            sessions.touch(request, timezone.now())
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Every view needs a sign-in, unless it says otherwise.

    A page that saves by itself names its account: it is refused when the sign-in has expired, and just so when another
    person has signed in at this browser meanwhile. Nothing is ever saved under a name that the page does not bear.
    """

    def process_view(self, request: HttpRequest, *view: Any) -> HttpResponseBase | None:
        named = request.headers.get("X-Account")
        if named is not None and named != str(request.user.pk):
            return JsonResponse({"sign_in": True}, status=SIGN_IN_FIRST)
        return super().process_view(request, *view)


class FirstPasswordMiddleware:
    """Leads to the password page until it is changed. Stands after AuthenticationMiddleware.

    A view that asks nobody to sign in, or asks by itself (the API), answers for itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_given: Any) -> HttpResponse | None:
        match = request.resolver_match
        if not getattr(view, "login_required", True):
            return None
        if match is None or match.view_name in STILL_OPEN or not getattr(request.user, "must_change_password", False):
            return None
        return redirect("accounts:password")
