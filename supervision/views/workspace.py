"""The log as one workspace: every entry a small form edited in place. Every list is read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from accounts.models import User
from supervision.forms.records import COUNTS, PhotoForm, PointForm, RecordForm, TalkForm
from supervision.models.inspection import Inspection, TalkRecord
from supervision.rules import TEAM_PEOPLE
from supervision.services.inspection_records import points_of


@dataclass
class Card:
    """An entry of the log; without a form it is read only."""

    row: Any
    form: Any = None
    counts: list[Any] = field(default_factory=list)  # the form's fields for what was counted

    @property
    def has_counts(self) -> bool:
        return any(bound.value() not in (None, "") for bound in self.counts)


def workspace_of(inspection: Inspection, user: User) -> dict[str, Any]:
    """What the page shows of the records, the checklist and the talks, each with the form that edits it."""
    blank = record_form(inspection, user)
    choices = list(blank.fields["method"].choices)  # type: ignore[attr-defined]
    blank.fields["method"].choices = choices  # type: ignore[attr-defined]
    context = {
        "foci": by_focus(inspection),
        "records": [record_card(inspection, user, row, choices) for row in inspection.records.all()],
        "new_record": Card(None, blank, counts_of(blank)),
        "photo_form": PhotoForm(subject=inspection, user=user, auto_id="photo-%s"),
        "talks": [],
    }
    if inspection.team_id in user.scope.ids(*TEAM_PEOPLE):
        rows = TalkRecord.objects.visible_to(user).filter(inspection=inspection)
        context["talks"] = [Card(row, talk_form(inspection, user, row)) for row in rows]
        context["new_talk"] = Card(None, talk_form(inspection, user))
    return context


def by_focus(inspection: Inspection) -> list[tuple[Any, list[PointForm]]]:
    """The checklist, focus by focus; what was looked at without being asked (any more) stands last in its focus."""
    rows = {row.point_id: row for row in inspection.checklist.all()}
    forms = (PointForm(point=p, row=rows.get(p.pk), auto_id=f"point-{p.pk}-%s") for p in points_of(inspection))
    return [(focus, list(lines)) for focus, lines in groupby(forms, key=lambda form: form.point.focus)]


def record_card(inspection: Inspection, user: User, row: Any, choices: Iterable[Any]) -> Card:
    """One's own record with its form; a colleague's to read."""
    if row.author_id != user.pk:
        return Card(row)
    form = record_form(inspection, user, row)
    offered = list(choices)
    if row.method_id not in {str(value) for value, _label in offered} | {value for value, _label in offered}:
        offered = [*offered, (row.method_id, str(row.method))]
    form.fields["method"].choices = offered  # type: ignore[attr-defined]
    return Card(row, form, counts_of(form))


def record_form(inspection: Inspection, user: User, row: Any = None) -> RecordForm:
    return RecordForm(subject=inspection, user=user, row=row, auto_id=own_ids("record", row))


def talk_form(inspection: Inspection, user: User, row: Any = None) -> TalkForm:
    return TalkForm(subject=inspection, user=user, row=row, auto_id=own_ids("talk", row))


def own_ids(kind: str, row: Any) -> str:
    """Ids of fields that stand many times on a page; `__key__` is filled in when the page makes a card."""
    return f"{kind}-{row.client_key if row else '__key__'}-%s"


def counts_of(form: RecordForm) -> list[Any]:
    return list(fields_of(form, COUNTS))


def fields_of(form: Any, names: Iterable[str]) -> Iterator[Any]:
    return (form[name] for name in names)
