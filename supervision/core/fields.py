"""Several files in one field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from supervision.core import files
from supervision.core.filetypes import ACCEPT

MOST = 20  # files of one form


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"accept": ACCEPT, **(attrs or {})})


class FilesField(forms.FileField):
    """Files that are checked and stored before the service runs; cleaned to a list of ReceivedFile.

    One refused file refuses all: none of them stays on disk.
    """

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploads = [each for each in (data if isinstance(data, list | tuple) else [data]) if each]
        if not uploads:
            super().clean(None, initial)
            return []
        if len(uploads) > MOST:
            raise ValidationError(_("一次最多上传%(most)d个文件。") % {"most": MOST}, code="too_many")
        received: list[files.ReceivedFile] = []
        try:
            for upload in uploads:
                received.append(files.receive(super().clean(upload, initial)))
        except ValidationError:
            for each in received:
                files.discard(each)
            raise
        return received
