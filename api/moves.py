"""The moves of an object: the same pages' registry, services and forms, told and made as JSON.

A page registers a move in the `pages` of its MoveView; it appears here by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from api.problems import InvalidInput, condition_of
from api.wire import as_typed, fields_of, files_in
from supervision.core.refusals import NotAllowed, Refusal, WrongState
from supervision.core.transitions import Situation, Transition
from supervision.core.web import MoveForm, MovePage, perform, remember_refusal

Pages = Mapping[str, MovePage]
CHOICES_TOLD = 200  # of one field


def moves_of(subject: Any, pages: Pages, user: User, at: datetime) -> list[dict[str, Any]]:
    """What starts from the object's state: who may, and what is still missing for those who may."""
    situation = Situation(user, at, subject.campaign.day_of(at))
    return [
        _told(name, page.move, subject, situation)
        for name, page in pages.items()
        if not page.move.system and subject.status in page.move.sources
    ]


def _told(name: str, move: Transition, subject: Any, situation: Situation) -> dict[str, Any]:
    allowed = move.is_allowed(subject, situation)
    unmet = move.unmet(subject, situation, with_inputs=False) if allowed else []
    return {"name": name, "label": str(move.label), "allowed": allowed, "unmet": [condition_of(c) for c in unmet]}


def check(move: Transition, subject: Any, user: User, at: datetime) -> None:
    """Raises NotAllowed (403) or WrongState (409) before anything is read of the input."""
    situation = Situation(user, at, subject.campaign.day_of(at))
    if not move.is_allowed(subject, situation):
        raise NotAllowed.for_roles(move.allowed.words(subject) if move.allowed else "")
    if subject.status not in move.sources:
        raise WrongState.of(str(move.label), subject.get_status_display())


def make(page: MovePage, subject: Any, request: Any, at: datetime) -> Any:
    """Make the move with the page's own form and service; returns what the service returns."""
    try:
        check(page.move, subject, request.user, at)
    except Refusal as refusal:
        remember_refusal(page.move, subject, refusal, actor=request.user, at=at)
        raise
    form = page.form(*typed_in(request, page.form), subject=subject, user=request.user)
    return perform(page, subject, valid(form), actor=request.user, at=at)


def typed_in(request: Any, form: type[forms.Form]) -> tuple[Any, Any]:
    """The request's fields and files as the form takes them from a page."""
    return as_typed(fields_of(request.data), getattr(form, "formsets", ())), files_in(request)


def valid(form: Any) -> Any:
    """The form, or InvalidInput with the errors of all its fields and rows."""
    if not form.is_valid():
        raise InvalidInput.of(form, getattr(form, "formsets", ()))
    return form


# --- what a move asks for -----------------------------------------------------------------------------------------


def inputs_of(form: forms.Form) -> list[dict[str, Any]]:
    """The fields of an unbound form, with their choices and first values: what a page would show."""
    found = [_input(form, name) for name in form.fields]
    for name in getattr(form, "formsets", ()):
        rows = getattr(form, name)
        fields = [_input(rows.empty_form, field) for field in rows.empty_form.fields if field != "DELETE"]
        present = [{field: _plain(row[field].value()) for field in row.fields} for row in rows.initial_forms]
        found.append({"name": name, "label": "", "type": "rows", "required": False, "rows": fields,
                      "initial": present})  # fmt: skip
    return found


def _input(form: forms.BaseForm, name: str) -> dict[str, Any]:
    field = form.fields[name]
    told: dict[str, Any] = {
        "name": name, "label": str(field.label or ""), "type": _type_of(field), "required": field.required,
        "help": str(field.help_text), "initial": _plain(form[name].value()),
    }  # fmt: skip
    if isinstance(field, forms.ChoiceField):
        told["choices"] = [
            {"value": str(value), "label": str(label)}
            for value, label in _flat(list(cast("Any", field.choices))[:CHOICES_TOLD])
            if str(value)
        ]
    if (most := getattr(field, "max_length", None)) is not None:
        told["max_length"] = most
    return told


def _flat(choices: list[Any]) -> list[tuple[Any, Any]]:
    """Grouped choices one after the other."""
    found: list[tuple[Any, Any]] = []
    for value, label in choices:
        found += label if isinstance(label, list | tuple) else [(value, label)]
    return found


TYPES: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.FileField, "file"),
    (forms.ModelMultipleChoiceField, "choices"),
    (forms.MultipleChoiceField, "choices"),
    (forms.ChoiceField, "choice"),
    (forms.BooleanField, "boolean"),
    (forms.DateTimeField, "datetime"),
    (forms.DateField, "date"),
    (forms.DecimalField, "number"),
    (forms.IntegerField, "integer"),
)


def _type_of(field: forms.Field) -> str:
    return next((name for kind, name in TYPES if isinstance(field, kind)), "text")


def _plain(value: Any) -> Any:
    """A first value as JSON."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, UploadedFile):
        return None
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(getattr(value, "pk", value))


def first_form(page: MovePage, subject: Any, user: User) -> MoveForm:
    return page.form(subject=subject, user=user)
