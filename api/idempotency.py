"""`Idempotency-Key`: a POST that is sent again is answered again, and nothing is done twice.

The claim of the key, the act and its answer are one transaction: killed in between, nothing of them is left and the
key is free. A second request with the same key waits for the first one's commit and then finds its answer.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from api.models import StoredAnswer
from api.problems import MEDIA_TYPE, InvalidInput, OtherRequest
from api.wire import fields_of, files_in

HEADER = "Idempotency-Key"
KEPT = timedelta(days=1)
KEY = re.compile(r"[\x21-\x7e]{1,128}")
SERVER_ERROR = 500


def once(view: Any, handler: Callable[..., Response], request: Any, *args: Any, **kwargs: Any) -> Response:
    """Answer by `handler`, or as the same request was answered before."""
    key = request.headers[HEADER]
    if not KEY.fullmatch(key):
        raise InvalidInput({HEADER: [_("须为1到128个可见的ASCII字符。")]})
    fingerprint, now = _fingerprint(request), timezone.now()
    StoredAnswer.objects.filter(user=request.user, key=key, created_at__lte=now - KEPT).delete()
    with transaction.atomic():
        given = {"fingerprint": fingerprint, "created_at": now}
        stored, is_new = StoredAnswer.objects.get_or_create(user=request.user, key=key, defaults=given)
        if not is_new:
            return _again(view, stored, fingerprint)
        answer = _answer(view, handler, request, *args, **kwargs)
        stored.status = answer.status_code
        stored.body = "" if answer.data is None else JSONRenderer().render(answer.data).decode()
        stored.save(update_fields=["status", "body"])
    return answer


def _answer(view: Any, handler: Callable[..., Response], *args: Any, **kwargs: Any) -> Response:
    """A refusal is an answer like any other; what failed on our side is not kept."""
    try:
        return handler(*args, **kwargs)
    except Exception as error:
        answer: Response = view.handle_exception(error)  # raises what nobody can explain
        if answer.status_code >= SERVER_ERROR:
            raise
        return answer


def _again(view: Any, stored: StoredAnswer, fingerprint: str) -> Response:
    if stored.fingerprint != fingerprint:
        raise OtherRequest(_("这个幂等键已经用于另一个请求，请换一个新的。"))
    body = json.loads(stored.body) if stored.body else None
    is_problem = stored.status >= 400
    if not is_problem:
        _still_visible(view, body)
    headers = {"Idempotency-Replayed": "true"}
    return Response(body, status=stored.status, headers=headers, content_type=MEDIA_TYPE if is_problem else None)


def _still_visible(view: Any, body: Any) -> None:
    """An old answer is for whoever may still see what it tells."""
    if body is None:  # it tells nothing: what was done is not theirs to see any more
        return
    told = body if isinstance(body, list) else [body]
    named = view.kwargs.get("pk")
    ids = {named} if named else {each["id"] for each in told if "id" in each}
    if ids and view.get_queryset().filter(pk__in=ids).count() != len(ids):
        raise Http404


def _fingerprint(request: Any) -> str:
    """The request's method, address, fields and files."""
    digest = hashlib.sha256()
    fields = json.dumps(fields_of(request.data), sort_keys=True, default=str)
    digest.update(f"{request.method} {request.get_full_path()} {fields}".encode(errors="backslashreplace"))
    for name, uploads in sorted(files_in(request).lists()):
        for upload in uploads:
            digest.update(f"\n{name} {upload.name} {upload.size}\n".encode(errors="backslashreplace"))
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return digest.hexdigest()


def forget_answers(*, at: datetime) -> int:
    """Remove what is older than a day."""
    return StoredAnswer.objects.filter(created_at__lte=at - KEPT).delete()[0]
