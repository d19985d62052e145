"""Whoever signs in with a password that somebody else has seen changes it before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

STILL_OPEN = frozenset({"accounts:password", "accounts:sign-out", "accounts:sign-in", "accounts:language"})


class FirstPasswordMiddleware:
    """Leads to the password page until it is changed. Stands after AuthenticationMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None or match.view_name in STILL_OPEN or not getattr(request.user, "must_change_password", False):
            return None
        return redirect("accounts:password")
