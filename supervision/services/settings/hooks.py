"""Setting up webhooks: by the office's lead; a secret is told once and can be renewed, never read again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from supervision.core import hooks
from supervision.core.events import record
from supervision.core.models.hook import Hook, HookDelivery, without_query
from supervision.core.outbound import AddressRefusedError, check_address
from supervision.core.refusals import Condition, Unmet
from supervision.effects import ADD, CHANGE
from supervision.models.campaign import Campaign
from supervision.services.settings.rows import locked_campaign, note_change

KIND = "hooks"
FIELDS = ("name", "address", "verbs")
MOST = 10  # of a campaign


def save_hook(
    *, campaign_id: int, pk: int | None, values: Mapping[str, Any], actor: User, at: datetime
) -> tuple[Hook, str]:
    """A new hook with its secret, to be shown this once; or a changed one and "".

    The address is looked up first: a slow name server must not hold the campaign's lock.
    """
    unreachable = _unreachable(values["address"])
    with transaction.atomic():
        return _saved(campaign_id, pk, values, unreachable, actor, at)


def _saved(
    campaign_id: int, pk: int | None, values: Mapping[str, Any], unreachable: list[Condition], actor: User, at: datetime
) -> tuple[Hook, str]:
    campaign = locked_campaign(campaign_id, actor, at)
    hook = Hook.objects.select_for_update().get(campaign_id=campaign_id, pk=pk) if pk else Hook(campaign_id=campaign_id)
    if faults := [*_faults(campaign_id, values, is_new=pk is None), *unreachable]:
        raise Unmet(tuple(faults))
    changes = {name: [getattr(hook, name), values[name]] for name in FIELDS if getattr(hook, name) != values[name]}
    for name in changes:
        setattr(hook, name, values[name])
    secret = "" if pk else hooks.renew_secret(hook)
    hook.save()
    if changes:
        _note(campaign, hook, changes, actor, at, act=CHANGE if pk else ADD)
    return hook, secret


def _faults(campaign_id: int, values: Mapping[str, Any], *, is_new: bool) -> list[Condition]:
    faults = []
    if is_new and Hook.objects.filter(campaign_id=campaign_id).count() >= MOST:
        faults.append(Condition("name", _("已有%(count)d个推送地址，请先改用其中一个。") % {"count": MOST}))
    if not values["verbs"]:
        faults.append(Condition("verbs", _("请至少选一项要推送的事项。")))
    return faults


def _unreachable(address: str) -> list[Condition]:
    try:
        check_address(address)
    except AddressRefusedError as refused:
        return [Condition("address", str(refused))]
    return []


@transaction.atomic
def switch_hook(*, hook: Hook, is_on: bool, actor: User, at: datetime) -> None:
    """Pause or resume. What happens while it is paused is kept, and pushed afterwards."""
    campaign = locked_campaign(hook.campaign_id, actor, at)
    held = Hook.objects.select_for_update().get(pk=hook.pk)
    if held.is_on == is_on:
        return
    held.is_on = is_on
    held.save(update_fields=["is_on"])
    _note(campaign, held, {"is_on": [not is_on, is_on]}, actor, at)


@transaction.atomic
def renew_secret(*, hook: Hook, actor: User, at: datetime) -> str:
    """Another secret from now on, told this once; every try that comes is signed with it."""
    campaign = locked_campaign(hook.campaign_id, actor, at)
    held = Hook.objects.select_for_update().get(pk=hook.pk)
    secret = hooks.renew_secret(held)
    held.save(update_fields=["salt", "key_mark"])
    _note(campaign, held, {"salt": ["", "…"]}, actor, at)
    return secret


def _note(
    campaign: Campaign, hook: Hook, changes: Mapping[str, Any], actor: User, at: datetime, *, act: str = CHANGE
) -> None:
    told = {**changes, **{key: [*map(without_query, changes[key])] for key in ("address",) if key in changes}}
    note_change(campaign, kind=KIND, act=act, name=hook.name, changes=told, actor=actor, at=at)


@transaction.atomic
def resend(*, delivery: HookDelivery, actor: User, at: datetime) -> None:
    """The same event again, under the same id."""
    locked_campaign(delivery.hook.campaign_id, actor, at)
    if not hooks.send_again(pk=delivery.pk, at=at):
        raise Unmet((Condition("waiting", _("这一条已经在发送了。")),))
    person = User.objects.select_for_update().get(pk=actor.pk)
    record("delivery.retried", subject=person, actor=actor, at=at, payload={"delivery": delivery.message_id})


def try_hook(*, hook: Hook, actor: User, at: datetime) -> tuple[bool, str]:
    """A test message now, outside any transaction: whether it arrived, and what came back."""
    with transaction.atomic():
        locked_campaign(hook.campaign_id, actor, at)
    return hooks.try_now(hook)
