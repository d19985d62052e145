"""The OpenAPI description and the page that shows it, both served by ourselves."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request

from api.problems import InvalidInput


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1 of everything below /api/v1/."""

    renderer_classes = [OpenApiJsonRenderer]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.query_params:  # the library would read a version and a language from them, and believe them
            raise InvalidInput({"__all__": [_("这个地址没有查询参数。")]})


class DocsView(View):
    """The description as a page to read and to try: looking only, nothing is moved from here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "api/docs.html")
