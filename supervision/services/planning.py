"""Registering an inspection: a visit to come, or one already made and entered afterwards 补录."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from supervision import rules
from supervision.core.events import record, register_verb
from supervision.core.models.event import Audience
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.core.transitions import Situation
from supervision.enums import InspectionStatus
from supervision.guards import campaign_is_running
from supervision.models.campaign import Phase
from supervision.models.inspection import Inspection, InspectionMethod
from supervision.models.organisation import Unit
from supervision.models.people import TeamMembership
from supervision.models.vocabulary import Focus, Method
from supervision.transitions import APPROVE, TEAM


@dataclass(frozen=True)
class Plan:
    """What is registered. Either `planned_on` (a visit to come) or `happened_on` (made already) is given."""

    phase: Phase
    foci: tuple[Focus, ...] = field(default=())
    methods: tuple[Method, ...] = field(default=())
    planned_on: date | None = None
    happened_on: date | None = None
    is_unannounced: bool = False
    is_onsite: bool = True
    purpose: str = ""
    present: tuple[User, ...] = field(default=())

    @property
    def day(self) -> date | None:
        return self.happened_on or self.planned_on


@transaction.atomic
def create_inspection(
    *,
    unit: Unit,
    actor: User,
    at: datetime,
    phase: Phase,
    foci: Iterable[Focus],
    methods: Iterable[Method],
    planned_on: date | None = None,
    happened_on: date | None = None,
    is_unannounced: bool = False,
    is_onsite: bool = True,
    purpose: str = "",
    present: Iterable[User] = (),
    confirm_duplicate: bool = False,
) -> Inspection:
    """Register a visit to `unit` by its team; `present` are the members who are to go, confirmed at the start.

    The leader's own announced visit is born approved. Raises NotAllowed for others than the unit's team, and Unmet
    with everything that is wrong; a second visit to the same unit on the same day wants `confirm_duplicate`.
    """
    going = tuple(present)
    plan = Plan(phase, tuple(foci), tuple(methods), planned_on, happened_on, is_unannounced, is_onsite, purpose, going)
    unit = Unit.objects.select_for_update(of=("self",)).select_related("campaign", "team").get(pk=unit.pk)
    inspection = _new(unit, plan, actor, at)
    situation = Situation(actor, at, unit.campaign.day_of(at))
    if unit.team_id is None or not TEAM(inspection, situation):
        raise NotAllowed.for_roles(TEAM.words(inspection))
    unmet = [*_unmet(inspection, plan, situation), *([] if confirm_duplicate else _duplicates(unit, plan))]
    if unmet:
        raise Unmet(tuple(unmet))
    _save(inspection, plan, situation)
    return inspection


def _new(unit: Unit, plan: Plan, actor: User, at: datetime) -> Inspection:
    inspection = Inspection(
        phase=plan.phase,
        is_unannounced=plan.is_unannounced,
        is_onsite=plan.is_onsite,
        happened_on=plan.happened_on,
        purpose=plan.purpose,
        created_by=actor,
        recorded_at=at,
    )
    inspection.take_scope_of(unit)
    inspection.campaign, inspection.unit = unit.campaign, unit
    if plan.day is not None:
        inspection.planned_on = plan.day
        inspection.is_late_entry = plan.happened_on is not None and plan.happened_on < unit.campaign.day_of(at)
    return inspection


def _save(inspection: Inspection, plan: Plan, situation: Situation) -> None:
    leads = rules.acts_as_leader(situation.actor, inspection, situation.on)
    if leads and not inspection.is_unannounced:
        inspection.status, inspection.approved_at = InspectionStatus.APPROVED, situation.at
    inspection.save(force_insert=True)
    inspection.foci.set(plan.foci)
    inspection.present.set(plan.present)
    InspectionMethod.objects.bulk_create(InspectionMethod(inspection=inspection, method=row) for row in plan.methods)
    facts = {"actor": situation.actor, "at": situation.at, "now": inspection.status}
    record("inspection.created", subject=inspection, payload=_facts(inspection), **facts)
    if inspection.approved_at:
        audience = APPROVE.audience if inspection.unit_may_see else Audience.TEAM
        record(APPROVE.verb, subject=inspection, audience=audience, payload={"own_visit": True}, **facts)


def _facts(inspection: Inspection) -> dict[str, Any]:
    return {"on": inspection.on.isoformat(), "late_entry": inspection.is_late_entry}


def _unmet(inspection: Inspection, plan: Plan, situation: Situation) -> Iterator[Condition]:
    """Everything that is wrong with the plan, each under the name of its field."""
    not_running = campaign_is_running.unmet(inspection, situation)
    if not_running:
        yield not_running
    if plan.phase.campaign_id != inspection.campaign_id:
        yield Condition("phase", _("环节不属于这个专项活动。"))
    if not plan.foci:
        yield Condition("foci", _("请至少选择一项督导重点。"))
    if any(focus.campaign_id != inspection.campaign_id for focus in plan.foci):
        yield Condition("foci", _("督导重点不属于这个专项活动。"))
    if not plan.methods:
        yield Condition("methods", _("请至少选择一种督导方法。"))
    strange = [method.name for method in plan.methods if not _is_method_of(method, inspection)]
    if strange:
        yield Condition("methods", _("本督导主体不采用：%(names)s") % {"names": "、".join(strange)})
    yield from _wrong_day(plan, situation.on)
    yield from _strangers(inspection, plan)


def _is_method_of(method: Method, inspection: Inspection) -> bool:
    return method.campaign_id == inspection.campaign_id and method.body_id in (None, inspection.body_id)


def _strangers(inspection: Inspection, plan: Plan) -> Iterator[Condition]:
    """Only people of the unit's team go; who is at hand on the day is asked at the start."""
    if not plan.present:
        return
    ours = TeamMembership.objects.filter(team_id=inspection.team_id, role__in=rules.TEAM_PEOPLE)
    known = set(ours.values_list("user_id", flat=True))
    names = [person.name for person in plan.present if person.pk not in known]
    if names:
        yield Condition("present", _("不是该单位督导组的成员：%(names)s") % {"names": "、".join(names)})


def _wrong_day(plan: Plan, on: date) -> Iterator[Condition]:
    if plan.happened_on is not None:
        if plan.happened_on > on:
            yield Condition("happened_on", _("已经进行的督导检查，日期不能晚于今天。"))
    elif plan.planned_on is None:
        yield Condition("planned_on", _("请填写日期。"))
    elif plan.planned_on < on:
        yield Condition("planned_on", _("日期早于今天。已经进行过的督导检查请用“补录”登记。"))


def _duplicates(unit: Unit, plan: Plan) -> Iterator[Condition]:
    """Another visit to the unit on the same day that is not cancelled. The unit's row is locked: two at once see it."""
    if plan.day is None:
        return
    if on_that_day(unit, plan.day).exists():
        yield Condition("confirm_duplicate", _("该单位当日已登记督导检查。确需再登记一次的，请勾选确认。"))


def on_that_day(unit: Unit, day: date) -> QuerySet[Inspection]:
    """The visits to a unit on a day that are not cancelled."""
    same_day = Q(planned_on=day, happened_on__isnull=True) | Q(happened_on=day)
    return Inspection.objects.filter(same_day, unit=unit).exclude(status=InspectionStatus.CANCELLED)


register_verb("inspection.created", gettext_lazy("登记督导检查"), Audience.TEAM)
