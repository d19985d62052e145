"""Forms: labels above, help under them, errors beside the field and summed up on top, filters as chips."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.forms.formsets import BaseFormSet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from supervision.core.lists import CURSORS
from supervision.core.parts import Chip
from supervision.core.templatetags._dates import day_text

DASHES = "---------"  # django.db.models.fields.BLANK_CHOICE_DASH
CSS_BY_KIND = {"checkbox": "form-check-input", "choices": "", "select": "form-select"}  # a group gives it to its div


@dataclass(frozen=True)
class Fault:
    """A line of the error summary with the id of the field to mend."""

    text: str
    target: str = ""


def input_kind(bound: BoundField) -> str:
    """checkbox, choices (several boxes or radio buttons), select, file or text."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.Select):
        return "select"
    return "file" if isinstance(widget, forms.FileInput) else "text"


def name_the_blank(bound: BoundField, words: str) -> None:
    """Django's own row of dashes for “nothing chosen” becomes words; what a form named itself stays."""
    field = bound.field
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = words
    elif isinstance(field, forms.ChoiceField):
        widget = bound.field.widget
        if isinstance(widget, forms.Select):
            widget.choices = [(key, words if word == DASHES else word) for key, word in widget.choices]


def is_wanted(bound: BoundField) -> bool:
    """Is the field marked 必填? Not in a spare row of a formset, which may stay empty as a whole."""
    return bound.field.required and not bound.form.empty_permitted


def css_of(bound: BoundField) -> str:
    base = CSS_BY_KIND.get(input_kind(bound), "form-control")
    own = str(bound.field.widget.attrs.get("class", ""))
    return " ".join(filter(None, (base, own, "is-invalid" if bound.errors else "")))


def widget_html(bound: BoundField) -> SafeString:
    """The input with its class and a pointer to its help and errors; groups of choices carry it on their fieldset."""
    attrs: dict[str, str | bool] = {"class": css_of(bound)}
    if input_kind(bound) != "choices" and bound.aria_describedby:
        attrs["aria-describedby"] = bound.aria_describedby
    return bound.as_widget(attrs=attrs)


def faults_of(parts: Iterable[forms.BaseForm | BaseFormSet[Any] | None]) -> list[Fault]:
    """Every error of forms and formsets in reading order."""
    found: list[Fault] = []
    for part in parts:
        if isinstance(part, BaseFormSet):
            found += _formset_faults(part)
        elif part is not None and part.is_bound:
            found += _form_faults(part)
    return found


def _form_faults(form: forms.BaseForm, prefix: str = "") -> Iterator[Fault]:
    for text in form.non_field_errors():
        yield Fault(f"{prefix}{text}")
    for bound in form:
        for text in bound.errors:
            label = "" if bound.is_hidden else _("%(label)s：") % {"label": bound.label}
            yield Fault(f"{prefix}{label}{text}", "" if bound.is_hidden else bound.id_for_label or bound.auto_id)


def _formset_faults(formset: BaseFormSet[Any]) -> Iterator[Fault]:
    if not formset.is_bound:
        return
    for text in formset.non_form_errors():
        yield Fault(str(text))
    for number, form in enumerate(formset.forms, start=1):
        yield from _form_faults(form, _("第%(number)d行 ") % {"number": number})


def common_first(form: forms.BaseForm, common: list[str]) -> tuple[list[BoundField], list[BoundField]]:
    """The fields of the first line and those that wait; without names all stand in the first line."""
    shown = list(form.visible_fields())
    if not common:
        return shown, []
    return [form[name] for name in common], [each for each in shown if each.name not in common]


def kept_pairs(request: HttpRequest | None, form: forms.BaseForm) -> list[tuple[str, str]]:
    """What a filter form must carry along: the sort order and whatever else is in the URL but not in the form."""
    if request is None:
        return []
    own = {form.add_prefix(name) for name in form.fields} | set(CURSORS)
    return [(name, value) for name, values in request.GET.lists() if name not in own for value in values]


def chips_of(request: HttpRequest | None, form: forms.BaseForm) -> list[Chip]:
    """One chip for each filter that is set, with the address without it."""
    if request is None or not form.is_bound or not form.is_valid():
        return []
    found = []
    for bound in form:
        value = form.cleaned_data.get(bound.name)
        if bound.is_hidden or _is_unset(value):
            continue
        found.append(Chip(str(bound.label), _value_text(bound, value), without(request, bound.html_name)))
    return found


def without(request: HttpRequest, *names: str) -> str:
    """The address of this list without some parameters, on its first page."""
    query = _set_query(request, *names)
    return f"?{query.urlencode()}" if query else request.path


def with_cursor(request: HttpRequest, name: str, cursor: str) -> str:
    """The address of the page that begins or ends at `cursor`; empty when there is no such page."""
    if not cursor:
        return ""
    query = _set_query(request)
    query[name] = cursor
    return f"?{query.urlencode()}"


def _set_query(request: HttpRequest, *dropped: str) -> QueryDict:
    """The parameters that say something: neither empty, nor dropped, nor a cursor."""
    query = QueryDict(mutable=True)
    for name, values in request.GET.lists():
        said = [value for value in values if value]
        if said and name not in dropped and name not in CURSORS:
            query.setlist(name, said)
    return query


def _is_unset(value: Any) -> bool:
    if isinstance(value, bool):
        return not value
    return value is None or value == "" or (hasattr(value, "__len__") and len(value) == 0)


def _value_text(bound: BoundField, value: Any) -> str:
    if isinstance(value, bool):
        return _("是")
    if isinstance(value, date):
        return day_text(value, timezone.localdate())
    if isinstance(value, Model):
        return str(value)
    words = {str(key): str(word) for key, word in _flat_choices(bound)}
    several = value if isinstance(value, list | tuple | set) or hasattr(value, "model") else [value]
    return "、".join(words.get(str(each), str(each)) for each in several)


def _flat_choices(bound: BoundField) -> Iterator[tuple[Any, Any]]:
    """Choices without their groups; model choices are not walked, they say their own name."""
    if isinstance(bound.field, forms.ModelChoiceField):
        return
    for key, word in getattr(bound.field, "choices", ()):
        if isinstance(word, list | tuple):
            yield from word
        else:
            yield key, word
