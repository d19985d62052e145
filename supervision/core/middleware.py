"""What stands around every request: the loading page, no-store, and a readable answer when the database is down."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

Answer = Callable[[HttpRequest], HttpResponse]
LOADING = "loading"  # the marker file that `manage.py up` keeps in DATA_DIR while the demo campaign is loaded


class LoadingMiddleware:
    """While the demo campaign is being loaded every page says so, with a refresh; health and static files answer."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.marker = Path(settings.DATA_DIR) / LOADING
        self.is_loading = self.marker.exists()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.is_loading:
            self.is_loading = self.marker.exists()
        if self.is_loading and not request.path.startswith(("/health/", "/static/")):
            response = render(request, "loading.html", status=503)
            response["Retry-After"] = "2"
            return response
        return self.get_response(request)


class NoStoreMiddleware:
    """Pages with data are never kept by a browser or a proxy; a view may say otherwise."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class OutageMiddleware:
    """The database does not answer: a readable 503 with Retry-After instead of an error page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):
            return self._answer(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return self._answer(request) if isinstance(exception, OperationalError | InterfaceError) else None

    @staticmethod
    def _answer(request: HttpRequest) -> HttpResponse:
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "5"
        return response
