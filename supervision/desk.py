"""What inspections wait for, and whose move it is: their lines on everybody's desk.

The rules of `transitions.py`, asked for many rows at once: two queries however many teams and visits. A test holds
the two against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from supervision import rules
from supervision.core import desk
from supervision.core.desk import Asked, DateLine, DutyLine, WaitingLine
from supervision.core.transitions import Transition
from supervision.enums import Document, InspectionStatus
from supervision.models.inspection import Inspection
from supervision.transitions import APPROVE, CONCLUDE, ENDORSE, LOG, START
from supervision.vocabulary import vocabulary_of

S = InspectionStatus
AHEAD = 7  # calendar days: approved visits of the coming week are shown before their day
LOOKED_AT = 500
AHEAD_STATES = (S.PLANNED, S.APPROVED, S.IN_PROGRESS)
STAND_INS = (Role.LEADER, Role.DEPUTY)


@dataclass(frozen=True)
class Duty:
    """The visit, the move that it waits for, and in whose place the reader makes it."""

    inspection: Inspection
    move: Transition
    as_whom: str = ""


class Desk:
    """One person's view of the live inspections of a campaign on one day; its rows are read once for both lists."""

    def __init__(self, user: User, on: date, campaign_id: int, within: Q | None = None) -> None:
        self.user, self.on, self.campaign_id, self.within = user, on, campaign_id, within or Q()

    @cached_property
    def duties(self) -> list[Duty]:
        """Inspections whose next move is this person's, the earliest day first."""
        found = ((inspection, self.move_for(inspection)) for inspection in self._live)
        return [Duty(each, move, self._as_whom(each, move)) for each, move in found if move is not None]

    @cached_property
    def waiting(self) -> list[Inspection]:
        """What this person handed on and others have not decided yet, the oldest first."""
        mine = [inspection for inspection in self._live if self._handed_on(inspection)]
        return sorted(mine, key=lambda inspection: (inspection.submitted_at or inspection.recorded_at, inspection.pk))

    def _handed_on(self, inspection: Inspection) -> bool:
        if inspection.status == S.PLANNED:
            return inspection.created_by_id == self.user.pk
        return inspection.status == S.PENDING_REVIEW and inspection.submitted_by_id == self.user.pk

    def move_for(self, inspection: Inspection) -> Transition | None:
        """The move that `inspection` (annotated by `_live`) waits for, if it is this person's."""
        if inspection.status == S.PLANNED:
            return self._decision(inspection)
        if inspection.status == S.PENDING_REVIEW:
            mine = inspection.submitted_by_id != self.user.pk and rules.acts_as_leader(
                self.user, inspection, self.on, instead_of=inspection.submitted_by_id
            )
            return CONCLUDE if mine else None
        if not rules.is_team_member(self.user, inspection, self.on):
            return None
        return START if inspection.status == S.APPROVED else LOG

    def _as_whom(self, inspection: Inspection, move: Transition) -> str:
        role = Role.LEADER if move is CONCLUDE else self.step_of(inspection)[0] if move in (APPROVE, ENDORSE) else ""
        if not rules.stands_in_for(self.user, role, inspection, self.on):
            return ""
        return vocabulary_of(self.campaign_id).acting_word(role)

    def step_of(self, inspection: Inspection) -> tuple[str, bool]:
        """The role of the next step of the visit's route, and whether it is the last."""
        key = (Document.INSPECTION, inspection.route_source, inspection.is_key)
        steps = vocabulary_of(self.campaign_id).route(*key)
        done = min(inspection.endorsed, len(steps) - 1)  # type: ignore[attr-defined]  # annotated by _live
        return steps[done], done == len(steps) - 1

    def _decision(self, inspection: Inspection) -> Transition | None:
        """Approving, or the step of a longer route before it."""
        if inspection.created_by_id == self.user.pk:
            return None
        role, is_last = self.step_of(inspection)
        if role == Role.LEADER:
            mine = rules.acts_as_leader(self.user, inspection, self.on, instead_of=inspection.created_by_id)
        else:
            mine = rules.holds(self.user, role, inspection, self.on)
        return (APPROVE if is_last else ENDORSE) if mine else None

    @cached_property
    def _live(self) -> list[Inspection]:
        """The live visits that could be this person's, with their endorsements counted."""
        q = self._mine() if vocabulary_of(self.campaign_id).campaign.is_running else None
        if q is None:
            return []
        rows = Inspection.objects.filter(q, self.within, campaign_id=self.campaign_id).select_related("unit", "team")
        return list(rows.with_endorsed().order_by("planned_on", "pk")[:LOOKED_AT])

    def _mine(self) -> Q | None:
        """None: the person has no role that acts on inspections."""
        scope = self.user.scope
        people, deciders = scope.ids(*rules.TEAM_PEOPLE), scope.ids(*STAND_INS, Role.SPONSOR)
        parts: list[Q] = []
        if people:
            there = Inspection.present.through.objects.filter(inspection_id=OuterRef("pk"), user_id=self.user.pk)
            soon = Q(status=S.APPROVED, planned_on__lte=self.on + timedelta(days=AHEAD))
            making = Q(status=S.IN_PROGRESS) & (Q(created_by=self.user) | Q(Exists(there)))
            handed = Q(status=S.PLANNED, created_by=self.user) | Q(status=S.PENDING_REVIEW, submitted_by=self.user)
            parts.append(Q(team_id__in=people) & (soon | making | handed))
        if deciders:
            parts.append(Q(team_id__in=deciders, status=S.PENDING_REVIEW))
        parts += [Q(**{f"{kind}_id__in": ids}, status=S.PLANNED) for kind, ids in self._deciding()]
        return reduce(or_, parts) if parts else None

    def _deciding(self) -> Iterator[tuple[str, frozenset[int]]]:
        """The campaign, bodies and teams on which the person holds a role that a route of inspections names."""
        routes = vocabulary_of(self.campaign_id).routes
        named = {role for key, steps in routes.items() if key[0] == Document.INSPECTION for role in steps}
        if Role.LEADER in named:
            named |= {Role.DEPUTY, Role.SPONSOR}
        for kind in ("campaign", "body", "team"):
            ids = self.user.scope.ids(*(role for role in named if OBJECT_OF[role] == kind))
            if ids:
                yield kind, ids


# --- the lines --------------------------------------------------------------------------------------------------------


def _desk(asked: Asked) -> Desk:
    """Read once for duties and waiting."""
    if "inspections" not in asked.kept:
        asked.kept["inspections"] = Desk(asked.user, asked.on, asked.campaign_id, asked.within)
    found: Desk = asked.kept["inspections"]
    return found


def _duties(asked: Asked) -> Iterator[DutyLine]:
    for duty in _desk(asked).duties:
        visit, move = duty.inspection, duty.move
        state = visit.get_status_display()
        is_ahead = move is START and visit.planned_on > asked.on
        yield DutyLine(
            kind=visit.kind,
            pk=visit.pk,
            label=visit.label,
            url=visit.get_absolute_url(),
            action=_("准备检查") if is_ahead else move.label,
            action_url=visit.get_absolute_url() if is_ahead else _place_of(visit, move),
            due_on=visit.planned_on if move in (APPROVE, ENDORSE, START) else None,
            since=visit.submitted_at or visit.recorded_at,
            as_whom=duty.as_whom,
            state=_("%(state)s，暗访") % {"state": state} if visit.is_unannounced else state,
            sheet=visit.kind if move in (APPROVE, ENDORSE, CONCLUDE) else "",
        )


def _place_of(visit: Inspection, move: Transition) -> str:
    """Where the move is made."""
    if move is LOG:
        return reverse("supervision:inspection-log", args=[visit.pk])
    if move is START:
        return reverse("supervision:inspection-move", args=[visit.pk, move.name])
    return reverse("supervision:inspection-sheet", args=[visit.pk])


def _waiting(asked: Asked) -> Iterator[WaitingLine]:
    word = vocabulary_of(asked.campaign_id).role_word
    for visit in _desk(asked).waiting:
        is_planned = visit.status == S.PLANNED
        role = _desk(asked).step_of(visit)[0] if is_planned else Role.LEADER
        yield WaitingLine(
            label=visit.label,
            url=visit.get_absolute_url(),
            whose=_("%(team)s%(role)s") % {"team": visit.team, "role": word(role)},
            state=visit.get_status_display(),
            since=visit.recorded_at if is_planned else visit.submitted_at,
            due_on=visit.planned_on if is_planned else None,
        )


def _dates(asked: Asked, since: date, until: date) -> Iterator[DateLine]:
    """Visits that are planned, and the phases that begin or end. One query."""
    rows = Inspection.objects.visible_to(asked.user).filter(asked.within, campaign_id=asked.campaign_id)
    live = rows.filter(status__in=AHEAD_STATES, planned_on__range=(since, until)).select_related("unit")
    for visit in live.order_by("planned_on", "pk")[:LOOKED_AT]:
        yield DateLine(visit.planned_on, _("督导检查"), visit.unit.name, visit.get_absolute_url())
    vocabulary = vocabulary_of(asked.campaign_id)
    for phase in vocabulary.phases:
        for day, what in ((phase.starts_on, _("环节开始")), (phase.ends_on, _("环节结束"))):
            if since <= day <= until:
                yield DateLine(day, what, phase.name, vocabulary.campaign.get_absolute_url())


def register() -> None:
    desk.register(desk.Provider("inspections", _duties, _waiting, _dates))
