"""Nobody's saving is written over unseen: the ETag of a detail, and `If-Match` on what changes it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from api.problems import Outdated

HEADER = "If-Match"
ANY = "*"
NOT_OF_IT = "moves"  # what may be done now is no part of what stands there


def with_etag(tell: Callable[[], Any]) -> Response:
    """What `tell` says, in the reader's language, and its version, which is the same in each."""
    told = tell()
    return Response(told, headers={"ETag": _etag_of(tell, told)})


def _etag_of(tell: Callable[[], Any], told: Any = None) -> str:
    """A digest of the object as this person reads it in the language of the office: details bear translated words."""
    is_office_language = translation.get_language() == settings.LANGUAGE_CODE
    with translation.override(settings.LANGUAGE_CODE):  # around the rendering too: a word may be a lazy one
        if told is None or not is_office_language:
            told = tell()
        facts = {name: value for name, value in told.items() if name != NOT_OF_IT}
        return f'"{hashlib.sha256(JSONRenderer().render(facts)).hexdigest()[:32]}"'


@contextmanager
def unchanged(request: Any, lock: Callable[[], Any], read: Callable[[], Any]) -> Iterator[None]:
    """The change inside is made only if the object is still what `If-Match` names: judged and made under one lock.

    Raises Outdated (412). Without the header the later change wins, field by field.
    """
    named = [each.strip() for each in request.headers.get(HEADER, ANY).split(",")]
    if ANY in named:
        yield
        return
    with transaction.atomic():
        lock()
        if _etag_of(read) not in named:
            raise Outdated(_("您读过之后，别人已经改过这里。请重新读取，核对后再改。"))
        yield
