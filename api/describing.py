"""Words for the OpenAPI description: how one signs in, the errors that may come, the body of moves.

The description is English, as the code names are: it is read by people who program against it.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from api.problems import KINDS, MEDIA_TYPE
from api.serializers.base import Move


class Choice(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]


class Input(serializers.Serializer[Any]):
    """A field that a move asks for. Rows of a formset have fields of their own."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    help = serializers.CharField(required=False)
    initial = serializers.JSONField(required=False)
    choices = Choice(many=True, required=False)
    max_length = serializers.IntegerField(required=False)
    rows = serializers.ListField(child=serializers.DictField(), required=False)


class MoveForm(Move):
    """A move with the fields that it asks for; none for whoever may not make it."""

    inputs = Input(many=True)  # `fields` is DRF's own word


MOVE_BODY = {
    "application/json": {"type": "object", "additionalProperties": True},
    "multipart/form-data": {
        "type": "object",
        "properties": {"data": {"type": "string", "description": "The fields as a JSON object."}},
        "additionalProperties": True,
    },
}


class Schema(AutoSchema):
    """Names the moves of each resource: whatever its page registers."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is None or getattr(self.view, "action", "") != "move":
            return operation
        pages = cast("Any", self.view).move_view.pages
        for parameter in operation["parameters"]:
            if parameter["name"] == "name":
                parameter["schema"]["enum"] = sorted(pages)
        lines = (f"- `{name}`: {_fields_of(page.form)}" for name, page in pages.items())
        operation["description"] = "\n".join(["The moves and what they ask for:", "", *lines])
        if self.method == "POST":
            operation["responses"]["204"] = {"description": "Made; the object is not this person's to see any more."}
        return operation


def _fields_of(form: Any) -> str:
    """What every such move asks for; GET tells what this very object adds."""
    names = [f"`{name}`" for name in form.base_fields] + [f"`{name}` (rows)" for name in form.formsets]
    return ", ".join(names) or "nothing"


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A personal token, made under “my account”."}


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.BrowserSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        text = "The browser's session; a request that writes sends X-CSRFToken."
        return {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": text}


# --- errors -----------------------------------------------------------------------------------------------------------

MEANING = {
    400: "What was sent is wrong; `errors` says it field by field.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "Not this person's to do, or the token may only read.",
    404: "There is no such object within the person's scope.",
    405: "The method does not exist at this address.",
    409: "The state has changed or conditions are not met; `unmet` names every one.",
    412: "Somebody else has changed the object since; read it again.",
    413: "The body is too large.",
    415: "Neither JSON nor multipart.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many requests; `Retry-After` says when to come back.",
    503: "The database does not answer; `Retry-After` says when to come back.",
}
READING = (400, 401, 403, 404, 405, 429, 503)
CONDITION = {
    "type": "object",
    "required": ["name", "sentence", "details"],
    "properties": {
        "name": {"type": "string"},
        "sentence": {"type": "string"},
        "details": {"type": "array", "items": {"type": "string"}},
    },
}
PROBLEM = {
    "type": "object",
    "description": "RFC 9457. `errors` at 400; `unmet` at 403 and 409; `current` where somebody else saved meanwhile.",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}},
        "unmet": {"type": "array", "items": CONDITION},
        "current": {"type": "object"},
    },
}
UNMET = {"name": "has_effective_evidence", "sentence": "至少一份已生效的佐证材料", "details": []}
MORE: dict[int, dict[str, Any]] = {400: {"errors": {"due_on": ["请输入有效的日期。"]}}, 409: {"unmet": [UNMET]}}
IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    "description": "The same key with the same request is answered again for a day, and nothing is done twice.",
}


IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the detail that was read; if somebody has changed it since, nothing is done (412).",
}
CHANGING = ("patch", "delete")


def _example(status: int) -> dict[str, Any]:
    kind = {409: "unmet", 403: "not-yours", 503: "unavailable"}.get(status) or KINDS[status]
    title = kind.replace("-", " ").capitalize()
    return {"type": f"urn:dudao:problem:{kind}", "title": title, "status": status, "detail": MEANING[status],
            **MORE.get(status, {})}  # fmt: skip


def _may_come(method: str) -> list[int]:
    if method == "get":
        return list(READING)
    return [status for status in MEANING if status != HTTPStatus.PRECONDITION_FAILED or method in CHANGING]


def with_problems(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """Postprocessing: every operation documents the errors that may come instead, and a POST its idempotency key."""
    schema = {"$ref": "#/components/schemas/Problem"}
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {
        f"Problem{status}": {
            "description": meaning,
            "content": {MEDIA_TYPE: {"schema": schema, "example": _example(status)}},
        }
        for status, meaning in MEANING.items()
    }
    for operations in result["paths"].values():
        for method, operation in operations.items():
            for status in _may_come(method):
                operation["responses"].setdefault(str(status), {"$ref": f"#/components/responses/Problem{status}"})
            if method == "post":
                operation.setdefault("parameters", []).append(IDEMPOTENCY)
            if method in CHANGING:
                operation.setdefault("parameters", []).append(IF_MATCH)
    return result
