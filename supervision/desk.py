"""What inspections wait for, and whose move it is: the lists of the workbench.

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

from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from supervision import rules
from supervision.core.transitions import Transition
from supervision.enums import Document, InspectionStatus
from supervision.models.inspection import Inspection
from supervision.models.people import TeamMembership
from supervision.transitions import APPROVE, CONCLUDE, ENDORSE, LOG, START
from supervision.vocabulary import vocabulary_of

S = InspectionStatus
AHEAD = 7  # calendar days: approved visits of the coming week are shown before their day
LOOKED_AT = 500
STAND_INS = (Role.LEADER, Role.DEPUTY)


@dataclass(frozen=True)
class Duty:
    """One line of 待我办: the visit and the move that it waits for."""

    inspection: Inspection
    move: Transition


class Desk:
    """One person's view of the live inspections of a campaign on one day; its rows are read once for both lists."""

    def __init__(self, user: User, on: date, campaign_id: int) -> None:
        self.user, self.on, self.campaign_id = user, on, campaign_id

    @cached_property
    def duties(self) -> list[Duty]:
        """Inspections whose next move is this person's, the earliest day first."""
        found = ((inspection, self.move_for(inspection)) for inspection in self._live)
        return [Duty(inspection, move) for inspection, move in found if move is not None]

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
            mine = inspection.submitted_by_id != self.user.pk and self.leads(inspection, inspection.submitted_by_id)
            return CONCLUDE if mine else None
        if not rules.is_team_member(self.user, inspection, self.on):
            return None
        return START if inspection.status == S.APPROVED else LOG

    def _decision(self, inspection: Inspection) -> Transition | None:
        """Approving, or the step of a longer route before it."""
        if inspection.created_by_id == self.user.pk:
            return None
        key = (Document.INSPECTION, inspection.route_source, inspection.is_key)
        steps = vocabulary_of(self.campaign_id).route(*key)
        done = min(inspection.endorsed, len(steps) - 1)  # type: ignore[attr-defined]  # annotated by _live
        role = steps[done]
        if role == Role.LEADER:
            mine = self.leads(inspection, inspection.created_by_id)
        else:
            mine = rules.holds(self.user, role, inspection, self.on)
        return (APPROVE if done == len(steps) - 1 else ENDORSE) if mine else None

    def leads(self, inspection: Inspection, author: int | None) -> bool:
        """rules.acts_as_leader(instead_of=author), without a query for each row."""
        if rules.holds(self.user, Role.LEADER, inspection, self.on):
            return True
        present = {role for role, user in self._at_hand.get(inspection.team_id, ()) if user != author}
        if rules.holds(self.user, Role.DEPUTY, inspection, self.on):
            return Role.LEADER not in present
        return rules.holds(self.user, Role.SPONSOR, inspection, self.on) and not present

    @cached_property
    def _at_hand(self) -> dict[int, list[tuple[str, int]]]:
        """Leaders and deputies at hand, by team, where the person may stand in for them."""
        teams = self.user.scope.ids(Role.DEPUTY, Role.SPONSOR)
        away = Q(absent_from__lte=self.on) & (Q(absent_until__isnull=True) | Q(absent_until__gte=self.on))
        gone = Q(starts_on__gt=self.on) | Q(ends_on__lt=self.on)
        rows = TeamMembership.objects.filter(team_id__in=teams, role__in=STAND_INS).exclude(away).exclude(gone)
        found: dict[int, list[tuple[str, int]]] = {}
        for team, role, user in rows.values_list("team_id", "role", "user_id"):
            found.setdefault(team, []).append((role, user))
        return found

    @cached_property
    def _live(self) -> list[Inspection]:
        """The live visits that could be this person's, with their endorsements counted."""
        q = self._mine() if vocabulary_of(self.campaign_id).campaign.is_running else None
        if q is None:
            return []
        rows = Inspection.objects.filter(q, campaign_id=self.campaign_id).select_related("unit", "team")
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
