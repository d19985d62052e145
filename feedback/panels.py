"""Feedback forms on the workbench: what I must do, and what waits for others.

The rules of `transitions.py`, asked for many rows at once; a test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from feedback.enums import FormStatus, SettledAs
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.rules import OFFICE_PEOPLE, UNIT_RECEIVERS, can_draft, can_receive
from feedback.transitions import ACKNOWLEDGE, CLOSE, ENDORSE, ISSUE, SUBMIT
from supervision import rules
from supervision.core.panels import Panel, register_panel
from supervision.core.transitions import Transition
from supervision.current import current_campaign
from supervision.enums import Document, Source
from supervision.models.signing import Endorsement
from supervision.vocabulary import Vocabulary, vocabulary_of

S = FormStatus
SHOWN = 20
LOOKED_AT = 500
LEADING = (Role.LEADER, Role.DEPUTY, Role.SPONSOR)
PROVINCIAL = (Source.PROVINCIAL, Source.CENTRAL)


@dataclass(frozen=True)
class Duty:
    """A form and the move that waits for this reader; `due_on` where the move has a date."""

    form: FeedbackForm
    move: Transition

    @property
    def due_on(self) -> date | None:
        return self.form.receipt_due_on if self.form.status == S.ISSUED else None


def duties_of(user: User, on: date, campaign_id: int) -> list[Duty]:
    """Forms whose next move is this person's: what has a date first, then the oldest. One query for the rows."""
    vocabulary = vocabulary_of(campaign_id)
    mine = list(_mine(user, vocabulary)) if vocabulary.campaign.is_running else []
    if not mine:
        return []
    rows = _rows().filter(reduce(or_, mine), campaign_id=campaign_id).order_by("created_at", "pk")[:LOOKED_AT]
    found = ((form, _move_for(form, user, on, vocabulary)) for form in rows)
    duties = [Duty(form, move) for form, move in found if move is not None]
    return sorted(duties, key=lambda duty: duty.due_on or date.max)


def _rows() -> QuerySet[Any]:
    endorsed = Endorsement.objects.filter(
        subject_kind=FeedbackForm.kind, subject_id=OuterRef("pk"), round=OuterRef("round")
    )
    counted = endorsed.order_by().values("subject_id").annotate(n=Count("pk")).values("n")
    rows = FeedbackForm.objects.select_related("unit", "team")
    return rows.annotate(endorsed=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


def _mine(user: User, vocabulary: Vocabulary) -> Iterator[Q]:
    """Rows where the person holds a role that could act; the move itself is judged row by row."""
    scope = user.scope
    if teams := scope.ids(*rules.TEAM_PEOPLE):
        yield Q(team_id__in=teams, status=S.DRAFT, source=Source.TEAM)
    if offices := scope.ids(*OFFICE_PEOPLE):
        yield Q(campaign_id__in=offices, status=S.DRAFT, source__in=PROVINCIAL)
    if units := scope.ids(*UNIT_RECEIVERS):
        yield Q(unit_id__in=units, status=S.ISSUED)
    if led := scope.ids(*LEADING):
        yield Q(team_id__in=led, status=S.ACKNOWLEDGED) & ~Q(Exists(_unsettled()))
    for kind, ids, sources in _deciding(user, vocabulary):
        yield Q(**{f"{kind}_id__in": ids}, status=S.PENDING_SIGNOFF, source__in=sources)


def _unsettled() -> QuerySet[Any]:
    return FeedbackProblem.objects.filter(form_id=OuterRef("pk"), settled_as=SettledAs.NOT_YET)


def _deciding(user: User, vocabulary: Vocabulary) -> Iterator[tuple[str, frozenset[int], set[str]]]:
    """Where the person holds a role that a route of feedback forms names: the kind of object, which, which sources."""
    sources: dict[str, set[str]] = {}
    for (document, source, _key), steps in vocabulary.routes.items():
        for role in steps if document == Document.FEEDBACK_FORM else ():
            for each in LEADING if role == Role.LEADER else (role,):
                sources.setdefault(each, set()).add(source)
    for role, named in sources.items():
        if ids := user.scope.ids(role):
            yield OBJECT_OF[role], ids, named


def _move_for(form: Any, user: User, on: date, vocabulary: Vocabulary) -> Transition | None:
    """The move that the form waits for, if it is this person's."""
    if form.status == S.DRAFT:
        return SUBMIT if can_draft(user, form, on) else None
    if form.status == S.ISSUED:
        return ACKNOWLEDGE if can_receive(user, form, on) else None
    if form.status == S.ACKNOWLEDGED:
        return CLOSE if rules.acts_as_leader(user, form, on) else None
    return _decision(form, user, on, vocabulary)


def _decision(form: Any, user: User, on: date, vocabulary: Vocabulary) -> Transition | None:
    """Signing, or the step of a longer route before it; never of one's own form: separation of duties."""
    if form.submitted_by_id == user.pk:
        return None
    steps = vocabulary.route(Document.FEEDBACK_FORM, form.route_source, form.is_key)
    done = min(form.endorsed, len(steps) - 1)
    if steps[done] == Role.LEADER:
        mine = rules.acts_as_leader(user, form, on, instead_of=form.submitted_by_id)
    else:
        mine = rules.holds(user, steps[done], form, on)
    return (ISSUE if done == len(steps) - 1 else ENDORSE) if mine else None


def _todo(request: HttpRequest) -> dict[str, Any]:
    campaign = current_campaign(request)
    if campaign is None or not isinstance(request.user, User):
        return {"duties": [], "count": 0}
    duties = duties_of(request.user, campaign.day_of(timezone.now()), campaign.pk)
    return {"duties": duties[:SHOWN], "count": len(duties), "more": max(0, len(duties) - SHOWN)}


def _waiting(request: HttpRequest) -> dict[str, Any]:
    """What this person handed on, and the team's forms that no unit has signed for yet; the earliest date first."""
    campaign = current_campaign(request)
    if campaign is None or not isinstance(request.user, User):
        return {"forms": []}
    scope = request.user.scope
    waits = Q(status=S.PENDING_SIGNOFF, submitted_by=request.user)
    waits |= Q(status=S.ISSUED) & (Q(team_id__in=scope.teams) | Q(submitted_by=request.user))
    rows = FeedbackForm.objects.visible_to(request.user).filter(waits, campaign=campaign)
    return {"forms": rows.select_related("unit").order_by("receipt_due_on", "submitted_at", "pk")[:SHOWN]}


def _has_business(user: User) -> bool:
    return bool(user.scope.joined_campaigns)


def _is_inside(user: User) -> bool:
    return user.scope.has(*rules.TEAM_PEOPLE, Role.SPONSOR, *OFFICE_PEOPLE)


def register() -> None:
    register_panel(
        Panel("forms-todo", "workbench", 30, "feedback/_panel_todo.html", _todo, _has_business, is_duty=True)
    )
    register_panel(Panel("forms-waiting", "workbench", 82, "feedback/_panel_waiting.html", _waiting, _is_inside))
