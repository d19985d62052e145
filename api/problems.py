"""Every error of the API as `application/problem+json` (RFC 9457), in the reader's language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from supervision.core import middleware
from supervision.core.disk import is_disk_full
from supervision.core.refusals import Changed, NotAllowed, Refusal, Sentence
from supervision.core.web import discard_received

MEDIA_TYPE = "application/problem+json"
API_ROOT = "/api/"
OUTAGES: dict[int, tuple[str, Sentence]] = {
    503: ("unavailable", gettext_lazy("数据库暂时没有应答，请稍后再试。")),
    507: ("insufficient-storage", gettext_lazy("服务器存储空间不足，没有保存；请联系系统管理员后再提交。")),
}


class InvalidInput(exceptions.APIException):
    """400: what was sent is wrong, by the field's name; `__all__` for what no field can mend."""

    status_code = HTTPStatus.BAD_REQUEST

    def __init__(self, errors: dict[str, list[str]]) -> None:
        self.errors = errors
        super().__init__(_("有的内容不符合要求，请按字段更正。"))

    @classmethod
    def of(cls, form: forms.Form, formsets: tuple[str, ...] = ()) -> InvalidInput:
        """The errors of a form and of its formsets; the files that it had stored are removed."""
        discard_received(getattr(form, "cleaned_data", {}))
        errors = {name: [str(each) for each in found] for name, found in form.errors.items()}
        for name in formsets:
            rows = getattr(form, name)
            if general := [str(each) for each in rows.non_form_errors()]:
                errors[name] = general
            for number, row in enumerate(rows.errors):
                errors |= {f"{name}.{number}.{field}": [str(e) for e in found] for field, found in row.items()}
        return cls(errors)


class Conflict(exceptions.APIException):
    """409 that no rule of a move has caused: the same request is under way."""

    status_code = HTTPStatus.CONFLICT


class Outdated(exceptions.APIException):
    """412: the object is not what `If-Match` names any more."""

    status_code = HTTPStatus.PRECONDITION_FAILED


class OtherRequest(exceptions.APIException):
    """422: an idempotency key that was used for another request."""

    status_code = HTTPStatus.UNPROCESSABLE_ENTITY


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler. None: not ours to explain, Django answers 500 and logs it."""
    if isinstance(error, Refusal):
        return _problem(error.status, _kind_of(error), str(error), **_conditions(error))
    if isinstance(error, Http404):
        return _problem(404, "not-found", _("没有这个对象，或者不在您的范围内。"))
    if isinstance(error, PermissionDenied):
        return _problem(403, "forbidden", _("您没有这项权限。"))
    if isinstance(error, SuspiciousOperation):
        return _problem(400, "invalid", _("请求无法读取。"))
    if is_disk_full(error):
        kind, detail = OUTAGES[507]
        return _problem(507, kind, str(detail))
    if isinstance(error, OperationalError | InterfaceError):
        kind, detail = OUTAGES[503]
        return _problem(503, kind, str(detail), headers={"Retry-After": "5"})
    if isinstance(error, exceptions.APIException):
        return _of_api(error)
    return None


def _kind_of(refusal: Refusal) -> str:
    if isinstance(refusal, NotAllowed):
        return "not-yours"
    return "changed" if isinstance(refusal, Changed) else "unmet"


def _conditions(refusal: Refusal) -> dict[str, Any]:
    """Every unmet condition; of a conflict also what stands there now."""
    found: dict[str, Any] = {"unmet": [condition_of(each) for each in refusal.conditions]}
    if isinstance(refusal, Changed):
        found["current"] = {"version": refusal.version, "by": refusal.by, "values": refusal.values}
    return found


def condition_of(condition: Any) -> dict[str, Any]:
    """One condition of a move as the API tells it."""
    return {
        "name": condition.name,
        "sentence": str(condition.sentence),
        "details": [str(each) for each in condition.details],
    }


KINDS = {400: "invalid", 401: "not-authenticated", 403: "forbidden", 404: "not-found", 405: "method-not-allowed",
         409: "in-progress", 412: "outdated", 413: "too-large", 415: "unsupported-media-type", 422: "key-reused",
         429: "too-many-requests"}  # fmt: skip


def _of_api(error: exceptions.APIException) -> Response:
    headers = {}
    if auth := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = auth
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait) + 1)
    more: dict[str, Any] = {}
    if isinstance(error, InvalidInput):
        more["errors"] = error.errors
    elif isinstance(error, exceptions.ValidationError):
        given = error.detail if isinstance(error.detail, dict) else {"__all__": error.detail}
        more["errors"] = {name: [str(each) for each in found] for name, found in given.items()}
    detail = _("有的内容不符合要求，请按字段更正。") if "errors" in more else str(error.detail)
    return _problem(int(error.status_code), KINDS.get(error.status_code, "error"), detail, headers=headers, **more)


def _problem(status: int, kind: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> Response:
    return Response(
        body_of(status, kind, detail, **more), status=status, headers=headers or {}, content_type=MEDIA_TYPE
    )


def body_of(status: int, kind: str, detail: str, **more: Any) -> dict[str, Any]:
    """The members of RFC 9457 and ours."""
    title = HTTPStatus(status).phrase
    return {"type": f"urn:dudao:problem:{kind}", "title": title, "status": status, "detail": detail, **more}


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500: as a problem for whoever asked the API, else as the page it always was."""
    page = middleware.server_error(request)
    if not request.path.startswith(API_ROOT):
        return page
    kind, detail = OUTAGES.get(page.status_code, ("server-error", _("系统出错，已记录。请稍后再试。")))
    body = body_of(page.status_code, kind, str(detail))
    found = JsonResponse(body, status=page.status_code, content_type=MEDIA_TYPE)
    if "Retry-After" in page:
        found["Retry-After"] = page["Retry-After"]
    found["Cache-Control"] = "no-store"
    return found
