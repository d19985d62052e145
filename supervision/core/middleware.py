"""What stands around every request: the loading page, no-store, a readable answer when the database is down."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.views import defaults

from supervision.core.disk import is_disk_full

Answer = Callable[[HttpRequest], HttpResponse]
REDIRECT = 302
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


class DraftMiddleware:
    """Tells the browser that a form was taken, so that it forgets the draft it kept (static/js/drafts.js).

    The form names its draft in `_draft`. Only a redirect of the view itself counts: a refusal shows the form again, and
    an expired sign-in never reaches the view. Stands last.
    """

    field = "_draft"
    cookie = "draft-saved"
    name = re.compile(r"[A-Za-z0-9][A-Za-z0-9:_./-]{0,119}")

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        request.META["dudao.reached"] = True

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == REDIRECT and request.META.get("dudao.reached"):
            draft = request.POST.get(self.field, "")
            if self.name.fullmatch(draft):
                secure = settings.SESSION_COOKIE_SECURE
                response.set_cookie(self.cookie, draft, max_age=3600, secure=secure, samesite="Lax")
        return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler for uncaught errors; a silent database is a readable 503 with Retry-After, a full disk a 507.

    Not a middleware: Django turns an error of an inner middleware (the session's, say) into an answer before an outer
    one could catch it. Rendered without the request, whose user and session would ask the database again.
    """
    error = sys.exc_info()[1]
    if is_disk_full(error):  # the database's, or the temporary folder's: a large upload lies there first
        response = HttpResponse(get_template("507.html").render(), status=HTTPStatus.INSUFFICIENT_STORAGE)
    elif isinstance(error, OperationalError | InterfaceError):
        response = HttpResponse(get_template("503.html").render(), status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = "5"
    else:
        return defaults.server_error(request)
    response["Cache-Control"] = "no-store"
    return response
