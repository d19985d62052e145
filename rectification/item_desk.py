"""Whose move an item is: for the top of its page, and for many at once on everybody's desk.

The rules of `transitions.py` asked as one query: a test holds the two against each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from rectification.enums import ItemStatus
from rectification.models.item import RectificationItem
from rectification.models.verification import Verification
from rectification.transitions import (
    APPROVE_PLAN,
    CLOSE,
    ENDORSE_CLOSURE,
    ENDORSE_PLAN,
    RECORD_VERIFICATION,
    START,
    SUBMIT,
    SUBMIT_PLAN,
    VERIFY,
)
from supervision import rules
from supervision.core.deadlines import Clock
from supervision.core.refusals import Sentence
from supervision.core.transitions import Transition
from supervision.enums import Document
from supervision.models.signing import Endorsement
from supervision.vocabulary import vocabulary_of

S = ItemStatus
NOTHING = Q(pk__in=[])
WITH_UNIT = (S.ASSIGNED, S.IN_PROGRESS, S.RETURNED)
DECIDED_BY_ROUTE = {S.PLAN_REVIEW: Document.RECTIFICATION_PLAN, S.PENDING_CLOSE: Document.CLOSURE_SHEET}
DECISIONS = {S.PLAN_REVIEW: (ENDORSE_PLAN, APPROVE_PLAN), S.PENDING_CLOSE: (ENDORSE_CLOSURE, CLOSE)}  # steps, last


@dataclass(frozen=True)
class Duty:
    """The item and the move that it waits for; `role` is the step's, where a route of the campaign decides."""

    item: RectificationItem
    move: Transition
    role: str = ""


def whose_move(item: RectificationItem) -> Sentence:
    """Who acts next, in the campaign's own words; nobody when the item is settled."""
    return whose_moves([item])[0]


def whose_moves(items: Sequence[RectificationItem]) -> list[Sentence]:
    """Who acts next on each: no query, or one when a route has several steps."""
    stepped = [item.pk for item in items if len(_route(item)) > 1]
    done: Counter[tuple[int, int]] = Counter()
    if stepped:
        rows = Endorsement.objects.filter(subject_kind=RectificationItem.kind, subject_id__in=stepped)
        done.update(rows.values_list("subject_id", "round"))
    return [_whose(item, done) for item in items]


def _route(item: RectificationItem) -> tuple[str, ...]:
    document = DECIDED_BY_ROUTE.get(S(item.status))
    return vocabulary_of(item.campaign_id).route(document, item.route_source, item.is_key) if document else ()


def _whose(item: RectificationItem, done: Counter[tuple[int, int]]) -> Sentence:
    if item.status == S.PENDING or item.status in WITH_UNIT:
        return item.unit.name
    if item.status == S.SUBMITTED:
        return item.team.name
    steps = _route(item)
    if not steps:
        return ""
    taken = done[item.pk, item.route_round(DECIDED_BY_ROUTE[S(item.status)])]
    return _office_of(item, steps[min(taken, len(steps) - 1)])


def _office_of(item: RectificationItem, role: str) -> Sentence:
    """The role with its house: of seven leaders and three offices “组长” alone tells nobody whom to ring up."""
    word = vocabulary_of(item.campaign_id).role_word(role)
    house = OBJECT_OF[Role(role)]
    if house == "campaign":
        return word
    return _("%(house)s%(role)s") % {"house": getattr(item, house), "role": word}


def duties_of(user: User, on: date, campaign_id: int) -> QuerySet[RectificationItem]:
    """Items whose next move is this person's, the nearest date first. One query; read each with `duty`."""
    return _rows(user).filter(_mine(user, on, campaign_id), campaign_id=campaign_id).order_by("clock_due_on", "pk")


def waiting_of(user: User, on: date, campaign_id: int) -> QuerySet[RectificationItem]:
    """What this person sees and others must move, the nearest date first. One query.

    An item that waits for the receipt of its form is no unit's wait: signing stands among its own forms.
    """
    others = RectificationItem.objects.visible_to(user).filter(campaign_id=campaign_id).exclude(clock=Clock.NONE)
    receives = Q(status=S.PENDING, unit_id__in=user.scope.ids(Role.LIAISON, Role.HEAD, Role.RECEIPT_DELEGATE))
    return (
        others.exclude(receives)
        .exclude(pk__in=_rows(user).filter(_mine(user, on, campaign_id)).values("pk"))
        .select_related("unit", "team", "body")
        .order_by("clock_due_on", "pk")
    )


def duty(item: Any) -> Duty:
    """The move that an item of `duties_of` waits for."""
    if item.status == S.ASSIGNED:
        return Duty(item, START if item.is_immediate else SUBMIT_PLAN)
    if item.status == S.SUBMITTED:
        return Duty(item, VERIFY if item.is_recorded else RECORD_VERIFICATION)
    if item.status not in DECIDED_BY_ROUTE:
        return Duty(item, SUBMIT)
    steps = _route(item)
    done = min(item.endorsed, len(steps) - 1)
    before, last = DECISIONS[S(item.status)]
    return Duty(item, last if done == len(steps) - 1 else before, steps[done])


def _rows(user: User) -> QuerySet[RectificationItem]:
    """Items with what is known of the current round's verification and of the steps of their route."""
    current = Verification.objects.filter(
        item=OuterRef("pk"), round=OuterRef("returns") + OuterRef("close_round") + 1
    ).order_by()
    confirmable = current.filter(Q(second_verifier=user) | Q(scan__isnull=False))
    rows = RectificationItem.objects.select_related("unit", "team", "body").annotate(
        is_recorded=Exists(current),
        is_mine_to_confirm=Exists(confirmable),
        route_at=Case(When(status=S.PLAN_REVIEW, then=F("plan_round")), default=F("close_round")),
    )
    steps = Endorsement.objects.filter(
        subject_kind=RectificationItem.kind, subject_id=OuterRef("pk"), round=OuterRef("route_at")
    )
    counted = steps.order_by().values("subject_id").annotate(n=Count("pk")).values("n")
    return rows.annotate(endorsed=Coalesce(Subquery(counted, output_field=IntegerField()), 0))


def _mine(user: User, on: date, campaign_id: int) -> Q:
    scope = user.scope
    q = NOTHING
    if units := scope.ids(Role.LIAISON):
        q |= Q(unit_id__in=units, status__in=WITH_UNIT)
    if units := scope.ids(Role.HEAD):  # of key items the head hands in the plan; the rest is the liaison's to write
        q |= Q(unit_id__in=units, status=S.ASSIGNED, is_key=True)
    if teams := scope.ids(*rules.TEAM_PEOPLE):
        ready = Q(is_recorded=False) | Q(is_mine_to_confirm=True)
        q |= Q(team_id__in=teams, status=S.SUBMITTED) & ready & ~Q(submitted_by=user)
    for status, document in DECIDED_BY_ROUTE.items():
        for part in _by_route(user, on, campaign_id, document):
            q |= part & Q(status=status)
    return q


def _by_route(user: User, on: date, campaign_id: int, document: Document) -> Iterator[Q]:
    """Items that wait for the step of a route of the campaign that is this person's."""
    author = {Document.RECTIFICATION_PLAN: "plan_submitted_by", Document.CLOSURE_SHEET: "submitted_by"}[document]
    for (named, source, is_key), roles in vocabulary_of(campaign_id).routes.items():
        if named != document:
            continue
        for number, role in enumerate(roles):
            if ids := _held(user, role, on):
                of_route = Q(source=source, is_key=is_key, **{f"{OBJECT_OF[role]}_id__in": ids})
                is_last = number == len(roles) - 1
                step = Q(endorsed__gte=number) if is_last else Q(endorsed=number)
                yield of_route & step & ~Q(**{author: user})


class _TeamOf(NamedTuple):
    """As much of a subject as acting for its leader needs."""

    team_id: int


def _held(user: User, role: str, on: date) -> frozenset[int]:
    """Where the person holds the role; a leader's also where they stand in for one (a query a team, for stand-ins)."""
    held = user.scope.ids(role)
    if role != Role.LEADER:
        return held
    stand_in = user.scope.ids(Role.DEPUTY, Role.SPONSOR) - held
    return held | {team for team in stand_in if rules.acts_as_leader(user, _TeamOf(team), on)}
