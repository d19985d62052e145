"""Feedback forms on everybody's desk: what I must do, what waits for others, which receipts are due.

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
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from feedback.enums import FormStatus, SettledAs
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.rules import OFFICE_PEOPLE, UNIT_RECEIVERS, can_draft, can_receive
from feedback.transitions import ACKNOWLEDGE, CLOSE, ENDORSE, ISSUE, SUBMIT
from supervision import rules
from supervision.core import desk
from supervision.core.desk import Asked, DateLine, DutyLine, WaitingLine
from supervision.core.refusals import Sentence
from supervision.core.transitions import Transition
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
    as_whom: Sentence = ""  # in whose place, if not the reader's own

    @property
    def due_on(self) -> date | None:
        return self.form.receipt_due_on if self.form.status == S.ISSUED else None


def duties_of(user: User, on: date, campaign_id: int, within: Q | None = None) -> list[Duty]:
    """Forms whose next move is this person's: what has a date first, then the oldest. One query for the rows."""
    vocabulary = vocabulary_of(campaign_id)
    mine = list(_mine(user, vocabulary)) if vocabulary.campaign.is_running else []
    if not mine:
        return []
    rows = _rows().filter(reduce(or_, mine), within or Q(), campaign_id=campaign_id)
    found = ((form, _move_for(form, user, on, vocabulary)) for form in rows.order_by("created_at", "pk")[:LOOKED_AT])
    duties = [Duty(form, move, _as_whom(form, move, user, on, vocabulary)) for form, move in found if move is not None]
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
    role, is_last = _step(form, vocabulary)
    if role == Role.LEADER:
        mine = rules.acts_as_leader(user, form, on, instead_of=form.submitted_by_id)
    else:
        mine = rules.holds(user, role, form, on)
    return (ISSUE if is_last else ENDORSE) if mine else None


def _step(form: Any, vocabulary: Vocabulary) -> tuple[str, bool]:
    """The role of the next step of the form's route, and whether it signs."""
    steps = vocabulary.route(Document.FEEDBACK_FORM, form.route_source, form.is_key)
    done = min(form.endorsed, len(steps) - 1)
    return steps[done], done == len(steps) - 1


def _as_whom(form: Any, move: Transition, user: User, on: date, vocabulary: Vocabulary) -> Sentence:
    if move is ACKNOWLEDGE:
        own = any(rules.holds(user, role, form, on) for role in (Role.LIAISON, Role.HEAD))
        return "" if own else Role.RECEIPT_DELEGATE.label
    if move is SUBMIT:
        return ""
    role = Role.LEADER if move is CLOSE else _step(form, vocabulary)[0]
    return vocabulary.acting_word(role) if rules.stands_in_for(user, role, form, on) else ""


# --- the lines --------------------------------------------------------------------------------------------------------


def _duties(asked: Asked) -> Iterator[DutyLine]:
    for duty in duties_of(asked.user, asked.on, asked.campaign_id, asked.within):
        form, move = duty.form, duty.move
        yield DutyLine(
            kind=form.kind,
            pk=form.pk,
            label=form.label,
            number=form.number,
            url=form.get_absolute_url(),
            unit=form.unit.name,
            action=move.label,
            action_url=_place_of(form, move),
            due_on=duty.due_on,
            since=form.submitted_at or form.created_at,
            as_whom=duty.as_whom,
            state=form.get_status_display(),
            is_key=form.is_key,
            sheet=form.kind if move in (ISSUE, ENDORSE) else "",
        )


def _place_of(form: FeedbackForm, move: Transition) -> str:
    """Where the move is made: a draft on its own page, which shows what is missing; a paper in the queue 待我签."""
    if move is SUBMIT:
        return form.get_absolute_url()
    if move in (ISSUE, ENDORSE):
        return reverse("feedback:form-sheet", args=[form.pk])
    return reverse("feedback:form-move", args=[form.pk, move.name])


def _waiting(asked: Asked) -> Iterator[WaitingLine]:
    """What this person handed on, and the team's forms that no unit has signed for yet. One query."""
    scope = asked.user.scope
    waits = Q(status=S.PENDING_SIGNOFF, submitted_by=asked.user)
    waits |= Q(status=S.ISSUED) & (Q(team_id__in=scope.teams) | Q(submitted_by=asked.user))
    seen = FeedbackForm.objects.visible_to(asked.user).values("pk")
    rows = _rows().filter(waits, asked.within, campaign_id=asked.campaign_id, pk__in=seen)
    vocabulary = vocabulary_of(asked.campaign_id)
    for form in rows.order_by("receipt_due_on", "submitted_at", "pk")[:SHOWN]:
        is_issued = form.status == S.ISSUED
        yield WaitingLine(
            label=form.label,
            url=form.get_absolute_url(),
            unit=form.unit.name,
            whose=form.unit.name if is_issued else vocabulary.role_word(_step(form, vocabulary)[0]),
            state=form.get_status_display(),
            since=form.issued_at if is_issued else form.submitted_at,
            due_on=form.receipt_due_on if is_issued else None,
        )


def _dates(asked: Asked, since: date, until: date) -> Iterator[DateLine]:
    """Receipts that are due. One query."""
    rows = FeedbackForm.objects.visible_to(asked.user).filter(asked.within, campaign_id=asked.campaign_id)
    due = rows.filter(status=S.ISSUED, receipt_due_on__range=(since, until)).select_related("unit")
    for form in due.order_by("receipt_due_on", "pk")[:LOOKED_AT]:
        assert form.receipt_due_on is not None
        label = f"{form.number} {form.unit.name}"
        yield DateLine(form.receipt_due_on, _("签收期限"), label, form.get_absolute_url())


def register() -> None:
    desk.register(desk.Provider("forms", _duties, _waiting, _dates))
