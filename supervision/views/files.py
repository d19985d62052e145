"""Stored files leave the system here alone, for whoever sees the object that they belong to."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, Http404, HttpRequest
from django.views import View

from accounts.models import User
from supervision.core import files
from supervision.core.models.file import StoredFile


class FileView(LoginRequiredMixin, View):
    """A download; `?inline` shows PDF and photos in the browser. A stranger gets 404."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        stored = StoredFile.objects.filter(pk=pk).first()
        assert isinstance(request.user, User)
        if stored is None or not files.is_visible(request.user, stored):
            raise Http404
        return files.open_response(stored, inline="inline" in request.GET)
