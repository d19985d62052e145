"""The auditor's page: event envelopes. Who, when, which act, on what; free text stays masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from supervision.core import events
from supervision.core.lists import Sort, keyset_page
from supervision.core.models.event import Event
from supervision.models.organisation import Unit


@dataclass(frozen=True)
class Envelope:
    """One event without its texts: no label, no note, no payload."""

    at: Any
    actor: str
    verb: str
    kind: str
    subject_id: int
    unit: str
    was: str
    now: str
    hash: str


class EventsView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        if not request.user.scope.is_auditor:  # type: ignore[union-attr]
            raise PermissionDenied
        found = Event.objects.all()
        if verb := request.GET.get("verb", "").strip():
            found = found.filter(verb__startswith=verb)
        if actor := request.GET.get("actor", "").strip():
            found = found.filter(actor__username=actor)
        page = keyset_page(
            found, Sort("id", descending=True), after=request.GET.get("after", ""), before=request.GET.get("before", "")
        )
        units = dict(Unit.objects.filter(pk__in={row.unit_id for row in page.rows}).values_list("pk", "name"))
        envelopes = [self.envelope(row, units) for row in page.rows]
        return render(request, "supervision/events.html", {"page": page, "envelopes": envelopes, "query": request.GET})

    @staticmethod
    def envelope(row: Event, units: dict[int, str]) -> Envelope:
        return Envelope(
            at=row.at,
            actor=row.actor_name,
            verb=str(events.verb(row.verb).label),
            kind=row.subject_kind,
            subject_id=row.subject_id,
            unit=units.get(row.unit_id or 0, ""),
            was=row.was,
            now=row.now,
            hash=row.hash[:12],
        )
