"""The office keeps the structure: new teams and units, new names. Nothing is deleted; papers keep the old names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import grants
from accounts.models import User
from accounts.roles import Role
from supervision.core.refusals import Condition, Unmet
from supervision.effects import ADD, CHANGE, Change, Effect
from supervision.effects import register as register_effects
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body, Team, Unit
from supervision.models.people import UnitStaff
from supervision.services.people import source_of
from supervision.services.settings.rows import differences, locked_campaign, note_change

TEAMS, UNITS = "teams", "units"


def register() -> None:
    """Called once from `apps.ready()`."""
    for kind in (TEAMS, UNITS):
        register_effects(kind, effects)


def faults(change: Change) -> list[Condition]:
    """Two teams or units of one name cannot be told apart."""
    name = str(change.value("name") or "").strip()
    model: Any = Team if change.kind == TEAMS else Unit
    alike = model.objects.filter(campaign=change.campaign, name=name).exclude(pk=getattr(change.row, "pk", None))
    if alike.exists():
        return [Condition("name", _("已经有“%(name)s”，请换一个名称。") % {"name": name})]
    return []


def effects(change: Change) -> list[Effect]:
    """What a new or renamed team or unit touches."""
    if change.act == CHANGE:
        return [
            Effect(_("页面和今后定稿的文书使用新的名称。"), True),
            Effect(_("已下发、已定稿的文书保留原来的名称；人员、事项和权限不变。"), False),
        ]
    if change.kind == TEAMS:
        return [
            Effect(_("新的督导组还没有人员和单位：请安全管理员授予角色，再给它新增单位。"), True),
            Effect(_("现有督导组和单位不变。"), False),
        ]
    return [
        Effect(_("新的单位由这个督导组负责，可以登记督导检查和下发反馈单；请安全管理员授予联络员和主要负责人。"), True),
        Effect(_("上级单位的联络员和主要负责人随即可以看到它。"), True),
        Effect(_("现有单位和事项不变。"), False),
    ]


@transaction.atomic
def add_team(*, campaign_id: int, body: Body, name: str, actor: User, at: datetime) -> Team:
    campaign = locked_campaign(campaign_id, actor, at)
    change = Change(campaign, TEAMS, ADD, campaign.day_of(at), values={"name": name})
    _check(change, of=body)
    last = max(body.teams.values_list("order", flat=True), default=0)
    team = Team.objects.create(
        campaign=campaign, body=body, name=name, order=last + 1, code=_free_code(Team, campaign, "team")
    )
    note_change(campaign, kind=TEAMS, act=ADD, name=name, changes={"name": ["", name]}, actor=actor, at=at)
    return team


@transaction.atomic
def add_unit(
    *, campaign_id: int, team: Team, name: str, parent: Unit | None, is_remote: bool, actor: User, at: datetime
) -> Unit:
    """A unit of a team, below another one or not; the people of the units above may see it at once."""
    campaign = locked_campaign(campaign_id, actor, at)
    change = Change(campaign, UNITS, ADD, campaign.day_of(at), values={"name": name})
    _check(change, of=team)
    if parent is not None and parent.team_id != team.pk:
        raise Unmet((Condition("parent", _("上级单位须由同一个督导组负责。")),))
    like = parent or team.units.first() or campaign.units.first()
    last = max(campaign.units.values_list("order", flat=True), default=0)
    unit = Unit.objects.create(
        campaign=campaign, body_id=team.body_id, team=team, parent=parent, name=name, is_remote=is_remote,
        type=like.type if like else "unit", order=last + 1, code=_free_code(Unit, campaign, "unit"),
    )  # fmt: skip
    _let_those_above_see(unit)
    note_change(campaign, kind=UNITS, act=ADD, name=name, changes={"name": ["", name]}, actor=actor, at=at)
    return unit


def _let_those_above_see(unit: Unit) -> None:
    """What head and liaison of a unit got with their appointment, for a subordinate that came later."""
    above = unit.parent
    while above is not None:
        rows = UnitStaff.objects.filter(unit=above, role__in=(Role.HEAD, Role.LIAISON)).select_related("user")
        for row in rows.filter(user__administrator=""):
            dates = {"valid_from": row.starts_on, "valid_until": row.ends_on}
            grants.grant(row.user, Role.OVERSEER, unit, source=source_of(row), **dates)
        above = above.parent


@transaction.atomic
def rename(*, campaign_id: int, kind: str, pk: int, name: str, actor: User, at: datetime) -> Team | Unit:
    """A new name. Frozen papers keep the old one."""
    campaign = locked_campaign(campaign_id, actor, at)
    model: Any = Team if kind == TEAMS else Unit
    row = model.objects.select_for_update().get(campaign=campaign, pk=pk)
    change = Change(campaign, kind, CHANGE, campaign.day_of(at), row=row, values={"name": name})
    _check(change)
    changes, was = differences(change), row.name
    if not changes:
        raise Unmet((Condition("name", _("没有改动任何内容。")),))
    row.name = name
    row.save(update_fields=["name"])
    note_change(campaign, kind=kind, act=CHANGE, name=was, changes=changes, actor=actor, at=at)
    return row


def _check(change: Change, of: Body | Team | None = None) -> None:
    conditions = faults(change)
    if of is not None and of.campaign_id != change.campaign.pk:
        conditions.append(Condition("name", _("不属于本专项活动。")))
    if conditions:
        raise Unmet(tuple(conditions))


def _free_code(model: Any, campaign: Campaign, stem: str) -> str:
    used: Mapping[str, None] = dict.fromkeys(model.objects.filter(campaign=campaign).values_list("code", flat=True))
    number = len(used) + 1
    while f"{stem}-{number}" in used:
        number += 1
    return f"{stem}-{number}"
