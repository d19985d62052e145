"""Words for the OpenAPI description: errors with examples, the body of moves."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse, inline_serializer
from rest_framework import serializers

from api.problems import KINDS, MEDIA_TYPE
from api.serializers.base import Condition, Move


class Problem(serializers.Serializer[Any]):
    """RFC 9457. `errors` at 400, `unmet` at 403 and 409, `current` where somebody else saved meanwhile."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()), required=False
    )
    unmet = Condition(many=True, required=False)
    current = serializers.DictField(required=False)


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
    fields_ = serializers.ListField(child=serializers.DictField(), required=False)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields


class MoveForm(Move):
    """A move with the fields that it asks for; none for whoever may not make it."""

    inputs = Input(many=True)

    def get_fields(self) -> Any:
        fields = super().get_fields()
        fields["fields"] = fields.pop("inputs")
        return fields


MEANING = {
    400: "What was sent is wrong, by field.",
    401: "Nobody is signed in, or the token is not valid.",
    403: "Not this person's to do, or the token may only read.",
    404: "There is no such object within the person's scope.",
    409: "The state has changed or conditions are not met; every one is named.",
    413: "The body is too large.",
    415: "Neither JSON nor multipart.",
    422: "The Idempotency-Key was used for another request.",
    429: "Too many requests; `Retry-After` says when to come back.",
}
ALWAYS = (401, 429)
OF_POST = (400, 403, 409, 413, 415, 422)
UNMET = {"name": "has_effective_evidence", "sentence": "至少一份已生效的佐证材料", "details": []}
MORE: dict[int, dict[str, Any]] = {400: {"errors": {"due_on": ["请输入有效的日期。"]}}, 409: {"unmet": [UNMET]}}


def error(status: int) -> OpenApiResponse:
    """A documented error with an example."""
    kind = {409: "unmet", 403: "not-yours"}.get(status, KINDS[status])
    value = {"type": f"urn:dudao:problem:{kind}", "title": KINDS[status].replace("-", " ").capitalize(),
             "status": status, "detail": "…", **MORE.get(status, {})}  # fmt: skip
    example = OpenApiExample(f"problem-{status}", value=value, response_only=True, status_codes=[str(status)],
                             media_type=MEDIA_TYPE)  # fmt: skip
    return OpenApiResponse(Problem, description=MEANING[status], examples=[example])


def answers(status: int, serializer: Any, *errors: int) -> dict[Any, Any]:
    """The `responses` of an operation: what is told, and the errors that may come instead."""
    wrong = {(each, MEDIA_TYPE): error(each) for each in sorted({*errors, *ALWAYS})}
    return {status: serializer, **wrong}


FIELDS = {"type": "object", "additionalProperties": True}
MOVE_BODY = {
    "application/json": FIELDS,
    "multipart/form-data": {
        "type": "object",
        "properties": {"data": {"type": "string", "description": "The fields as a JSON object."}},
        "additionalProperties": True,
    },
}
EMPTY = inline_serializer("Empty", {})
