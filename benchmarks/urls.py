"""The product's addresses, and `hello` beside them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


@login_not_required
def hello(request: HttpRequest) -> HttpResponse:
    """As little as a page can be: the middleware, no template, no query."""
    return HttpResponse("<!doctype html><title>hello</title><h1>hello, world</h1>")


urlpatterns = [path("hello", hello), path("", include("supervision.config.urls"))]
