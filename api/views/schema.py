"""The OpenAPI description and the page that shows it, both served by ourselves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.views import SpectacularAPIView


class SchemaView(SpectacularAPIView):
    """OpenAPI 3.1 of everything below /api/v1/."""

    renderer_classes = [OpenApiJsonRenderer]


class DocsView(View):
    """The description as a page to read and to try: looking only, nothing is moved from here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "api/docs.html")
