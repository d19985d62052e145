"""Setting up the ways out: by the office's lead; secrets are written, never read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from supervision.core.models.channel import Channel, ChannelKind
from supervision.core.outbound import AddressRefusedError, check_address
from supervision.core.refusals import Condition, Unmet
from supervision.effects import ADD, CHANGE
from supervision.services import channels
from supervision.services.settings.rows import locked_campaign, note_change

KIND = "channels"
FIELDS = (
    "kind", "name", "body_id", "team_id", "address", "secret", "signing_secret", "template", "success_text", "is_on",
)  # fmt: skip
SECRETS = ("secret", "signing_secret")
PLACE = ("kind", "address", "template")  # where a secret goes: elsewhere the stored one would be readable


def save_channel(*, campaign_id: int, pk: int | None, values: Mapping[str, Any], actor: User, at: datetime) -> Channel:
    """A new channel or a changed one. An empty secret keeps the one there is, where the channel stays the same.

    The address is looked up first: a slow name server must not hold the campaign's lock.
    """
    unreachable = _unreachable(values)
    with transaction.atomic():
        return _saved(campaign_id, pk, values, unreachable, actor, at)


def _saved(
    campaign_id: int, pk: int | None, values: Mapping[str, Any], unreachable: list[Condition], actor: User, at: datetime
) -> Channel:
    campaign = locked_campaign(campaign_id, actor, at)
    channel = Channel.objects.select_for_update().get(campaign_id=campaign_id, pk=pk) if pk else Channel()
    channel.campaign_id = campaign_id
    faults = list(_moved(channel, values)) if pk else []
    changed = {}
    for name in FIELDS:
        value = values[name]
        if name in SECRETS and not value:
            continue
        if getattr(channel, name) != value:
            changed[name] = ["", "…"] if name in SECRETS else [getattr(channel, name), value]
            setattr(channel, name, value)
    if faults := [*faults, *_faults(channel), *unreachable]:
        raise Unmet(tuple(faults))
    channel.save()
    note_change(campaign, kind=KIND, act=CHANGE if pk else ADD, name=channel.name, changes=changed, actor=actor, at=at)
    return channel


def _moved(channel: Channel, values: Mapping[str, Any]) -> Iterator[Condition]:
    """A stored secret goes nowhere else: who sends it to another place has to know it."""
    if all(getattr(channel, name) == values[name] for name in PLACE):
        return
    for name in SECRETS if values["kind"] == ChannelKind.DINGTALK else SECRETS[:1]:
        if getattr(channel, name) and not values[name]:
            yield Condition(name, _("改了种类、地址或者模板，要重新填密钥：保存过的密钥不会发往别处。"))


def _faults(channel: Channel) -> list[Condition]:
    faults = []
    if channel.is_group and not channel.secret:
        faults.append(Condition("secret", _("请填群机器人的密钥。")))
    if not channel.is_group and not channel.address:
        faults.append(Condition("address", _("请填网关的地址。")))
    if not channel.is_group and "{text}" not in channel.template:
        faults.append(Condition("template", _("模板里要有{text}，发送时换成消息内容。")))
    return faults


def _unreachable(values: Mapping[str, Any]) -> list[Condition]:
    if not values["address"]:
        return []
    try:
        if values["kind"] != ChannelKind.GATEWAY:
            channels.check_braces(values["address"])
        check_address(values["address"])
    except AddressRefusedError as refused:
        return [Condition("address", str(refused))]
    return []


def try_channel(*, channel: Channel, actor: User, at: datetime) -> str:
    """Send a test message now; "" when it went out, else what went wrong. Outside any transaction."""
    with transaction.atomic():
        campaign = locked_campaign(channel.campaign_id, actor, at)
    if channel.kind == ChannelKind.GATEWAY and not actor.phone:
        return _("请先在“我的账号”里填上自己的电话，测试消息发到那里。")
    text = _("〔%(campaign)s〕这是一条测试消息。") % {"campaign": campaign.short_name}
    try:
        channels.send(channel, text, actor.phone)
    except (channels.NotSentError, AddressRefusedError) as error:
        return str(error)
    return ""
