"""The auditor's page: event envelopes. Who, when, which act, on what; free text stays masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views import View

from accounts.models import AccountState
from supervision.core import events
from supervision.core.lists import Sort, list_page
from supervision.core.models.event import Event
from supervision.core.refusals import Sentence
from supervision.core.transitions import TABLES
from supervision.models.organisation import Unit


@dataclass(frozen=True)
class Envelope:
    """One event without its texts: no label, no note, no payload."""

    at: Any
    actor: str
    verb: str
    kind: Sentence
    subject_id: int
    unit: str
    was: Sentence
    now: Sentence
    hash: str


class EventFilterForm(forms.Form):
    """Whose acts, and which."""

    actor = forms.CharField(label=_("用户名"), required=False, max_length=150)
    verb = forms.ChoiceField(label=_("动作"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verb = self.fields["verb"]
        assert isinstance(verb, forms.ChoiceField)
        verb.choices = [("", _("全部")), *((each.name, each.label) for each in events.verbs())]


def kind_word(kind: str) -> Sentence:
    """What people call an object of this kind."""
    words = {getattr(model, "kind", model._meta.model_name): model._meta.verbose_name for model in apps.get_models()}
    return words.get(kind) or kind


def state_word(kind: str, status: str) -> Sentence:
    """The state as its pages name it; accounts have states, though no table of moves."""
    states = TABLES[kind].states if kind in TABLES else AccountState
    return dict(states.choices).get(status, status)


class EventsView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.scope.is_auditor:  # type: ignore[union-attr]
            raise PermissionDenied
        form = EventFilterForm(request.GET)
        asked = form.cleaned_data if form.is_valid() else {}
        found = Event.objects.all() if form.is_valid() else Event.objects.none()
        if verb := asked.get("verb"):
            found = found.filter(verb=verb)
        if actor := asked.get("actor"):
            found = found.filter(actor__username=actor)
        page = list_page(request, found, Sort("id", descending=True))
        units = dict(Unit.objects.filter(pk__in={row.unit_id for row in page.rows}).values_list("pk", "name"))
        envelopes = [self.envelope(row, units) for row in page.rows]
        return render(request, "supervision/events.html", {"page": page, "envelopes": envelopes, "form": form})

    @staticmethod
    def envelope(row: Event, units: dict[int, str]) -> Envelope:
        return Envelope(
            at=row.at,
            actor=row.actor_name,
            verb=str(events.verb(row.verb).label),
            kind=kind_word(row.subject_kind),
            subject_id=row.subject_id,
            unit=units.get(row.unit_id or 0, ""),
            was=state_word(row.subject_kind, row.was),
            now=state_word(row.subject_kind, row.now),
            hash=row.hash[:12],
        )
