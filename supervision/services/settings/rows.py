"""Changing the rows of a campaign's vocabulary: add, change, move, retire, restore. Nothing is ever deleted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from supervision import rules
from supervision.core.events import record, register_verb
from supervision.core.models.event import Audience
from supervision.core.models.version import VocabularyVersion
from supervision.core.refusals import Condition, NotAllowed, Unmet, WrongState
from supervision.effects import ADD, CHANGE, MOVE, RESTORE, RETIRE, Change
from supervision.enums import CampaignStatus, LightCondition
from supervision.models.campaign import Campaign
from supervision.services.settings.kinds import LIGHTS, Kind, order_faults
from supervision.vocabulary import vocabulary_of

for _act, _label in {
    ADD: gettext_lazy("新增设置"),
    CHANGE: gettext_lazy("修改设置"),
    MOVE: gettext_lazy("调整顺序"),
    RETIRE: gettext_lazy("停用设置"),
    RESTORE: gettext_lazy("恢复使用"),
}.items():
    register_verb(f"settings.{_act}", _label, Audience.OFFICE)


def locked_campaign(campaign_id: int, actor: User, at: datetime) -> Campaign:
    """The campaign under lock, once it is sure that this person may change its settings now."""
    campaign = Campaign.objects.locked(campaign_id)
    if not rules.may_change_settings(actor, campaign, campaign.day_of(at)):
        raise NotAllowed.for_roles(vocabulary_of(campaign_id).role_word(Role.OFFICE_LEAD))
    if campaign.status not in (CampaignStatus.DRAFT, CampaignStatus.RUNNING):
        raise WrongState.of(_("修改设置"), campaign.get_status_display())
    return campaign


def note_change(
    campaign: Campaign, *, kind: str, act: str, name: str, changes: Mapping[str, Any], actor: User, at: datetime
) -> None:
    """The event of one change of the settings, with what was and what is now, on the campaign's chain."""
    payload = {"kind": kind, "name": name, "changes": dict(changes)}
    record(f"settings.{act}", subject=campaign, actor=actor, at=at, payload=payload)


def proposed(
    campaign: Campaign, kind: Kind, act: str, *, at: datetime, row: Any = None, values: Mapping[str, Any] | None = None
) -> Change:
    """The change as a value, for its conditions and its effects; only what may be edited in this row counts.

    Of a move, `values` holds the order as it would be.
    """
    given = {name: value for name, value in (values or {}).items() if act == MOVE or name in kind.fields_of(row)}
    return Change(campaign, kind.code, act, campaign.day_of(at), row, given)


@transaction.atomic
def add_row(*, campaign_id: int, kind: Kind, values: Mapping[str, Any], actor: User, at: datetime) -> Any:
    """A new row at the end of its order."""
    campaign = locked_campaign(campaign_id, actor, at)
    change = proposed(campaign, kind, ADD, at=at, values=values)
    _check(kind, change, allowed=kind.adds)
    row = kind.model(campaign=campaign, order=_last(kind, campaign_id) + 1, **change.values)
    if hasattr(row, "code"):
        row.code = _free_code(kind, campaign_id)
    row.save()
    if kind is LIGHTS:
        _keep_on_course_last(campaign_id)
    changes = differences(change)
    note_change(campaign, kind=kind.code, act=ADD, name=kind.name_of(row), changes=changes, actor=actor, at=at)
    return row


@transaction.atomic
def change_row(*, campaign_id: int, kind: Kind, pk: int, values: Mapping[str, Any], actor: User, at: datetime) -> Any:
    """New words or numbers in a row. What was issued by the old ones stays as it was issued."""
    campaign, row = locked_campaign(campaign_id, actor, at), _row(kind, campaign_id, pk)
    change = proposed(campaign, kind, CHANGE, at=at, row=row, values=values)
    _check(kind, change)
    changes = differences(change)
    if not changes:
        raise Unmet((Condition("row", _("没有改动任何内容。")),))
    name = kind.name_of(row)
    for each, value in change.values.items():
        setattr(row, each, value)
    row.save()
    note_change(campaign, kind=kind.code, act=CHANGE, name=name, changes=changes, actor=actor, at=at)
    return row


@transaction.atomic
def move_row(*, campaign_id: int, kind: Kind, pk: int, up: bool, actor: User, at: datetime) -> Any:
    """One place up or down among its likes; at the end of the order nothing moves."""
    campaign, row = locked_campaign(campaign_id, actor, at), _row(kind, campaign_id, pk)
    _check(kind, proposed(campaign, kind, MOVE, at=at, row=row), allowed=kind.moves)
    order = moved(kind, row, up=up)
    if kind is LIGHTS and (faults := list(order_faults([each.condition for each in order]))):
        raise Unmet(tuple(Condition("row", sentence) for sentence in faults))
    was = row.order
    _write_order(kind, order)
    row.refresh_from_db(fields=["order"])
    changes = {"order": [was, row.order]}
    note_change(campaign, kind=kind.code, act=MOVE, name=kind.name_of(row), changes=changes, actor=actor, at=at)
    return row


@transaction.atomic
def retire_row(*, campaign_id: int, kind: Kind, pk: int, actor: User, at: datetime) -> Any:
    """Out of use from today: old objects keep the row, forms no longer offer it."""
    campaign, row = locked_campaign(campaign_id, actor, at), _row(kind, campaign_id, pk)
    _check(kind, proposed(campaign, kind, RETIRE, at=at, row=row), allowed=kind.retires)
    if row.is_retired:
        raise Unmet((Condition("row", _("已经停用。")),))
    row.retired_on = campaign.day_of(at)
    row.save(update_fields=["retired_on"])
    note_change(campaign, kind=kind.code, act=RETIRE, name=kind.name_of(row), changes={}, actor=actor, at=at)
    return row


@transaction.atomic
def restore_row(*, campaign_id: int, kind: Kind, pk: int, actor: User, at: datetime) -> Any:
    """Back in use, in its old place."""
    campaign, row = locked_campaign(campaign_id, actor, at), _row(kind, campaign_id, pk)
    _check(kind, proposed(campaign, kind, RESTORE, at=at, row=row), allowed=kind.retires)
    if not row.is_retired:
        raise Unmet((Condition("row", _("正在使用，不需要恢复。")),))
    row.retired_on = None
    row.save(update_fields=["retired_on"])
    if kind is LIGHTS:
        _keep_on_course_last(campaign_id)
    note_change(campaign, kind=kind.code, act=RESTORE, name=kind.name_of(row), changes={}, actor=actor, at=at)
    return row


def differences(change: Change) -> dict[str, list[Any]]:
    """Field by field, what is and what would be; of a new row, what it is given."""
    if change.act == ADD:
        return {name: ["", raw(value)] for name, value in change.values.items() if value not in (None, "", False)}
    return {
        name: [raw(getattr(change.row, name)), raw(value)]
        for name, value in change.values.items()
        if change.alters(name)
    }


def moved(kind: Kind, row: Any, *, up: bool) -> list[Any]:
    """The rows in use of the row's group, in the order that the move would give them."""
    alike = [
        each
        for each in kind.in_use(row.campaign_id)
        if all(getattr(each, f"{name}_id") == getattr(row, f"{name}_id") for name in kind.group)
    ]
    here = next(number for number, each in enumerate(alike) if each.pk == row.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(alike):
        alike[here], alike[there] = alike[there], alike[here]
    return alike


def raw(value: Any) -> Any:
    """A value as events keep it: rows by their words, dates as text."""
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)


def _check(kind: Kind, change: Change, *, allowed: bool = True) -> None:
    if not allowed:
        raise Unmet((Condition("row", _("“%(kind)s”不能这样修改。") % {"kind": kind.title}),))
    if conditions := kind.unmet(change):
        raise Unmet(tuple(conditions))


def _row(kind: Kind, campaign_id: int, pk: int) -> Any:
    return kind.model._default_manager.select_for_update().get(campaign_id=campaign_id, pk=pk)


def _last(kind: Kind, campaign_id: int) -> int:
    return max((row.order for row in kind.rows(campaign_id)), default=0)


def _free_code(kind: Kind, campaign_id: int) -> str:
    """The office never types a code: it is made, and stays."""
    used = set(kind.model._default_manager.filter(campaign_id=campaign_id).values_list("code", flat=True))
    number = len(used) + 1
    while f"{kind.model._meta.model_name}-{number}" in used:
        number += 1
    return f"{kind.model._meta.model_name}-{number}"


def _write_order(kind: Kind, rows: list[Any]) -> None:
    """The places that these rows hold, given out anew."""
    places = sorted(row.order for row in rows)
    if len(set(places)) < len(places):
        places = list(range(1, len(rows) + 1))
    for row, place in zip(rows, places, strict=True):
        kind.model._default_manager.filter(pk=row.pk).exclude(order=place).update(order=place)
    VocabularyVersion.rise()


def _keep_on_course_last(campaign_id: int) -> None:
    """“On course” always holds: whatever is tried goes before it."""
    rows = LIGHTS.in_use(campaign_id)
    _write_order(LIGHTS, sorted(rows, key=lambda row: row.condition == LightCondition.ON_COURSE))
