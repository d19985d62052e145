"""授权委托: the head lets a member of the leadership sign for receipt or reports, for at most N calendar days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import grants
from accounts.models import User
from accounts.roles import Role
from supervision.core import events, files
from supervision.core.models.event import Audience
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.enums import DelegationScope
from supervision.models.organisation import Unit
from supervision.models.people import Delegation, UnitStaff

events.register_verb("delegation.given", gettext_lazy("授权委托"), Audience.UNIT)
events.register_verb("delegation.revoked", gettext_lazy("撤销委托"), Audience.UNIT)

_GRANTS = {
    DelegationScope.RECEIPT: (Role.RECEIPT_DELEGATE,),
    DelegationScope.REPORTS: (Role.REPORT_DELEGATE,),
    DelegationScope.ALL: (Role.RECEIPT_DELEGATE, Role.REPORT_DELEGATE),
}


def head_of(unit: Unit, on: date) -> User | None:
    """The unit's head on that day."""
    row = (
        UnitStaff.objects.filter(unit=unit, role=Role.HEAD)
        .exclude(ends_on__lt=on)
        .exclude(starts_on__gt=on)
        .select_related("user")
        .order_by("pk")
        .last()
    )
    return row.user if row else None


def leadership_of(unit: Unit, on: date) -> list[User]:
    """Members of the leadership who may sign for the head: never the liaison, who drafts."""
    rows = UnitStaff.objects.filter(unit=unit).exclude(ends_on__lt=on).exclude(starts_on__gt=on)
    drafters = set(rows.filter(role=Role.LIAISON).values_list("user_id", flat=True))
    leaders = rows.filter(role=Role.LEADERSHIP).select_related("user").order_by("pk")
    return [row.user for row in leaders if row.user_id not in drafters]


@transaction.atomic
def delegate(
    *,
    unit_id: int,
    actor: User,
    at: datetime,
    delegate: User,
    scope: str,
    valid_from: date,
    valid_until: date,
    letter: files.ReceivedFile | None = None,
) -> Delegation:
    """Grant by the head, or entry by the liaison with the scanned letter (the head is told at once).

    Raises NotAllowed for others and Unmet naming every broken condition. Dates are calendar days, both inclusive.
    """
    unit = Unit.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=unit_id)
    on = unit.campaign.day_of(at)
    is_head = actor.scope.holds(Role.HEAD, unit_id, on)
    if not (is_head or actor.scope.holds(Role.LIAISON, unit_id, on)):
        raise NotAllowed.for_roles(_("主要负责人、联络员"))
    principal = head_of(unit, on)
    days = unit.campaign.delegation_max_days
    conditions = list(_broken(unit, on, principal, delegate, valid_from, valid_until, days))
    if not is_head and letter is None:
        conditions.append(Condition("letter", _("联络员代为录入时须上传委托书扫描件。")))
    if conditions or principal is None:
        raise Unmet(tuple(conditions))
    row = Delegation.objects.create(
        campaign=unit.campaign, unit=unit, principal=principal, delegate=delegate, scope=scope,
        valid_from=valid_from, valid_until=valid_until, entered_by=actor, created_at=at,
    )  # fmt: skip
    if letter is not None:
        row.letter = files.attach(letter, subject=row, actor=actor, at=at)
        row.save(update_fields=["letter"])
    for role in _GRANTS[DelegationScope(scope)]:
        grants.grant(delegate, role, unit, source=row.source, valid_from=valid_from, valid_until=valid_until)
    events.record("delegation.given", subject=row, actor=actor, at=at, payload={"delegate": delegate.name})
    return row


def _broken(
    unit: Unit, on: date, principal: User | None, delegate: User, start: date, end: date, days: int
) -> Iterator[Condition]:
    if principal is None:
        yield Condition("principal", _("本单位还没有登记主要负责人。"))
    if delegate.pk not in {user.pk for user in leadership_of(unit, on)}:
        yield Condition("delegate", _("只能委托本单位班子成员，且不能是起草报告的联络员。"))
    if start < on:
        yield Condition("valid_from", _("委托不能从过去的日期开始。"))
    if not 0 < (end - start).days + 1 <= days:
        yield Condition("valid_until", _("委托期限为1至%(days)d天。") % {"days": days})


@transaction.atomic
def revoke_delegation(*, pk: int, actor: User, at: datetime) -> Delegation:
    """By the head, or by whoever entered it; effective at once. Signatures made under it stay."""
    row = Delegation.objects.select_for_update(of=("self",)).select_related("campaign", "unit").get(pk=pk)
    if actor.pk not in (row.principal_id, row.entered_by_id):
        raise NotAllowed.for_roles(_("主要负责人、录入人"))
    if row.revoked_at is not None:
        raise Unmet((Condition("not_revoked", _("该委托已撤销。")),))
    row.revoked_at = at
    row.save(update_fields=["revoked_at"])
    grants.revoke(row.source)
    events.record("delegation.revoked", subject=row, actor=actor, at=at)
    return row


def principal_of(user: User, unit_id: int, on: date, *roles: str) -> User | None:
    """For whom `user` acts on that unit through a delegation valid that day; None when acting in their own right."""
    if user.scope.holds(Role.HEAD, unit_id, on) or not any(user.scope.holds(role, unit_id, on) for role in roles):
        return None
    row = (
        Delegation.objects.filter(unit_id=unit_id, delegate=user, valid_from__lte=on, valid_until__gte=on)
        .filter(revoked_at__isnull=True)
        .select_related("principal")
        .order_by("pk")
        .last()
    )
    return row.principal if row else None
