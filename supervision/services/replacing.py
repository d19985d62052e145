"""A successor takes over an appointment; a leader is recorded absent. The security administrator's acts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from supervision.core import events
from supervision.core.refusals import Condition, Unmet
from supervision.models.people import Appointment, BodyStaff, OfficeStaff, TeamMembership, UnitStaff
from supervision.services import people

events.register_verb("role.absent", gettext_lazy("登记离岗"))
events.register_verb("role.back", gettext_lazy("登记返岗"))

ABSENT = (Role.LEADER, Role.DEPUTY)  # whose absence lets the next one act


@transaction.atomic
def replace_appointment(*, kind: str, pk: int, successor: User, actor: User, at: datetime) -> Appointment:
    """End an appointment today and give the same role on the same object to a successor, in one act."""
    row = people.end_appointment(kind=kind, pk=pk, actor=actor, at=at)
    if successor.pk == row.user_id:
        raise Unmet((Condition("successor", _("接任人不能是本人。")),))
    common: dict[str, Any] = {"user": successor, "actor": actor, "at": at}
    if isinstance(row, OfficeStaff):
        return people.appoint_office(campaign=row.campaign, role=row.role, **common)
    if isinstance(row, BodyStaff):
        return people.appoint_body(body=row.body, **common)
    if isinstance(row, TeamMembership):
        return people.appoint_team(team=row.team, role=row.role, **common)
    assert isinstance(row, UnitStaff)
    return people.appoint_unit(unit=row.unit, role=row.role, **common)


@transaction.atomic
def record_absence(
    *, pk: int, absent_from: date | None, absent_until: date | None, actor: User, at: datetime
) -> TeamMembership:
    """While the leader is away the deputy acts, then the sponsor. Without a first day: the person is back."""
    row = TeamMembership.objects.select_for_update(of=("self",)).select_related("user", "team").get(pk=pk)
    people.check_binder(actor, row.user)
    if row.role not in ABSENT:
        raise Unmet((Condition("absent_from", _("只登记组长、副组长的离岗。")),))
    if absent_from is None and row.absent_from is None:
        raise Unmet((Condition("absent_from", _("请填写从哪天起离岗。")),))
    if absent_from and absent_until and absent_until < absent_from:
        raise Unmet((Condition("absent_until", _("结束日期不能早于开始日期。")),))
    row.absent_from, row.absent_until = absent_from, absent_until if absent_from else None
    row.save(update_fields=["absent_from", "absent_until"])
    person = User.objects.select_for_update().get(pk=row.user_id)
    dates = {"from": str(absent_from or ""), "until": str(row.absent_until or ""), "team": row.team_id}
    verb = "role.absent" if absent_from else "role.back"
    events.record(verb, subject=person, actor=actor, at=at, payload={**dates, "name": str(row.team)})
    return row
