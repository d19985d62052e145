"""Appointments and delegations: the rows from which rights follow, and the grants they give.

The security administrator binds accounts to roles, never their own (domain: three administrators 三员); `actor=None`
is the scenario loader.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import grants
from accounts.models import Administrator, User
from accounts.roles import Role
from supervision.core import events
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body, Team, Unit
from supervision.models.people import Appointment, BodyStaff, OfficeStaff, TeamMembership, UnitStaff

events.register_verb("role.given", gettext_lazy("授予角色"))
events.register_verb("role.ended", gettext_lazy("撤销角色"))

Row = TypeVar("Row", bound=Appointment)
KINDS: dict[str, type[Appointment]] = {
    "office": OfficeStaff,
    "body": BodyStaff,
    "team": TeamMembership,
    "unit": UnitStaff,
}


def check_binder(actor: User | None, user: User) -> None:
    if actor is None:
        return
    if actor.administrator != Administrator.SECURITY:
        raise NotAllowed.for_roles(str(Administrator.SECURITY.label))
    if actor.pk == user.pk or user.administrator:
        sentence = _("不能给自己或其他管理员授予业务角色。")
        raise Unmet((Condition("not_an_administrator", sentence),))


def _take(model: type[Row], key: dict[str, Any], at: datetime, **given: Any) -> Row:
    """The row of a new appointment; one that has ended is taken up again (its history is in the events)."""
    manager = model._default_manager
    row = manager.select_for_update().filter(**key).first()
    if row is None:
        return manager.create(**key, **given)
    if row.ends_on is None or row.ends_on > timezone.localtime(at).date():
        sentence = _("%(name)s在这里已经有角色，请先撤销再授予。") % {"name": row.user.name}
        raise Unmet((Condition("target", sentence),))
    for name, value in given.items():
        setattr(row, name, value)
    row.save()
    return row


def source_of(appointment: Appointment) -> str:
    return f"{appointment._meta.model_name}:{appointment.pk}"


def _bind(appointment: Appointment, role: str, targets: dict[str, list[Any]], actor: User | None, at: datetime) -> None:
    """Give the grants of one appointment and write it on the person's chain."""
    user = appointment.user
    dates = {"valid_from": appointment.starts_on, "valid_until": appointment.ends_on}
    for granted, objects in targets.items():
        for target in objects:
            grants.grant(user, granted, target, source=source_of(appointment), **dates)
    person = get_user_model().objects.select_for_update().get(pk=user.pk)
    on = targets[role][0]
    facts = {"role": role, "kind": on._meta.model_name, "object": on.pk, "name": str(on)}
    events.record("role.given", subject=person, actor=actor, at=at, payload=facts)
    user.__dict__.pop("scope", None)


@transaction.atomic
def appoint_office(
    *, campaign: Campaign, user: User, role: str, actor: User | None, at: datetime,
    starts_on: date | None = None, ends_on: date | None = None,
) -> OfficeStaff:  # fmt: skip
    """Make someone staff (Role.OFFICE) or lead (Role.OFFICE_LEAD) of the provincial office."""
    check_binder(actor, user)
    key = {"campaign": campaign, "user": user, "role": role}
    row = _take(OfficeStaff, key, at, starts_on=starts_on, ends_on=ends_on)
    _bind(row, role, {role: [campaign]}, actor, at)
    return row


@transaction.atomic
def appoint_body(
    *, body: Body, user: User, actor: User | None, at: datetime,
    starts_on: date | None = None, ends_on: date | None = None,
) -> BodyStaff:  # fmt: skip
    """Put someone into the body's own office 本机关办公室."""
    check_binder(actor, user)
    row = _take(BodyStaff, {"body": body, "user": user}, at, starts_on=starts_on, ends_on=ends_on)
    _bind(row, Role.BODY_OFFICE, {Role.BODY_OFFICE: [body]}, actor, at)
    return row


@transaction.atomic
def appoint_team(
    *, team: Team, user: User, role: str, actor: User | None, at: datetime, home_unit: str = "",
    starts_on: date | None = None, ends_on: date | None = None,
) -> TeamMembership:  # fmt: skip
    """Make someone sponsor, leader, deputy or member of a team."""
    check_binder(actor, user)
    given = {"role": role, "home_unit": home_unit, "absent_from": None, "absent_until": None}
    row = _take(TeamMembership, {"team": team, "user": user}, at, starts_on=starts_on, ends_on=ends_on, **given)
    _bind(row, role, {role: [team]}, actor, at)
    return row


@transaction.atomic
def appoint_unit(
    *, unit: Unit, user: User, role: str, actor: User | None, at: datetime,
    starts_on: date | None = None, ends_on: date | None = None,
) -> UnitStaff:  # fmt: skip
    """Make someone head, liaison or member of the leadership of a unit; head and liaison see its subordinates."""
    check_binder(actor, user)
    _check_one_person(unit, user, role)
    row = _take(UnitStaff, {"unit": unit, "user": user, "role": role}, at, starts_on=starts_on, ends_on=ends_on)
    targets: dict[str, list[Any]] = {role: [unit]}
    if role in (Role.HEAD, Role.LIAISON):
        targets[Role.OVERSEER] = descendants(unit)
    _bind(row, role, targets, actor, at)
    return row


def _check_one_person(unit: Unit, user: User, role: str) -> None:
    """Head and liaison are two people, unless the campaign allows small units to have one (and it shows)."""
    other = {Role.HEAD: Role.LIAISON, Role.LIAISON: Role.HEAD}.get(Role(role))
    if other is None or unit.campaign.one_person_units:
        return
    if UnitStaff.objects.filter(unit=unit, user=user, role=other, ends_on__isnull=True).exists():
        sentence = _("主要负责人和联络员须为两人；人员过少的单位可在专项活动设置中允许一人兼任。")
        raise Unmet((Condition("two_people", sentence),))


def descendants(unit: Unit) -> list[Unit]:
    """All units below, level by level."""
    found: list[Unit] = []
    level = list(Unit.objects.filter(parent=unit))
    while level:
        found += level
        level = list(Unit.objects.filter(parent__in=level))
    return found


@transaction.atomic
def end_appointment(*, kind: str, pk: int, actor: User, at: datetime) -> Appointment:
    """End an appointment today: its grants go at once, its row stays as history."""
    row = KINDS[kind]._default_manager.select_for_update().select_related("user").get(pk=pk)
    check_binder(actor, row.user)
    row.ends_on = timezone.localtime(at).date()
    row.save(update_fields=["ends_on"])
    gone = grants.revoke(source_of(row))
    person = get_user_model().objects.select_for_update().get(pk=row.user_id)
    events.record("role.ended", subject=person, actor=actor, at=at, payload={"source": source_of(row), "grants": gone})
    return row
