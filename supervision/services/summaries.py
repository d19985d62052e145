"""A day's reminders in one message: for a group, for a telephone, and to be copied where no channel leads out."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from supervision.core.models.channel import Channel
from supervision.core.models.delivery import Delivery
from supervision.core.models.reminder import Reminder
from supervision.core.templatetags._dates import day_text
from supervision.models.campaign import Campaign
from supervision.reminding import stage_name
from supervision.services.mailing import new_message_id
from supervision.services.reminders import sending_day
from supervision.vocabulary import Vocabulary, vocabulary_of


def summary(vocabulary: Vocabulary, on: date, *, body_id: int | None = None, team_id: int | None = None) -> str:
    """How much of what is due, without a name or a title; empty when nothing was reminded of that day."""
    rows = Reminder.objects.filter(campaign_id=vocabulary.campaign.pk, sent_on=on)
    if body_id:
        rows = rows.filter(body_id=body_id)
    if team_id:
        rows = rows.filter(team_id=team_id)
    objects = rows.order_by().values_list("stage", "subject_kind", "subject_id").annotate(rung=Max("rung"))
    total, late = Counter[str](), Counter[str]()
    for stage, _kind, _pk, rung in objects:
        total[stage] += 1
        late[stage] += rung > 0
    if not total:
        return ""
    lines = [_line(stage, count, late[stage]) for stage, count in total.items()]
    head = _("〔%(campaign)s〕%(day)s到期提醒：")
    words = {"campaign": vocabulary.campaign.short_name, "day": day_text(on, on, vocabulary.calendar)}
    return "\n".join([head % words, *lines, _("请登录系统办理。")])


def _line(stage: str, count: int, late: int) -> str:
    words = {"stage": stage_name(stage), "count": count, "late": late}
    return (_("%(stage)s %(count)d件，其中逾期%(late)d件") if late else _("%(stage)s %(count)d件")) % words


@transaction.atomic
def write_messages(*, campaign_id: int, at: datetime) -> int:
    """One message a day for each group, and for each person whose telephone a gateway reaches."""
    vocabulary = vocabulary_of(campaign_id)
    on = sending_day(vocabulary, at)
    channels = list(Channel.objects.filter(campaign_id=campaign_id, is_on=True))
    if on is None or not channels:
        return 0
    Campaign.objects.locked(campaign_id)  # two beats write one after the other
    written = 0
    for channel in channels:
        if channel.is_group:
            text = summary(vocabulary, on, body_id=channel.body_id, team_id=channel.team_id)
            new = [_message(channel, on, at, text)] if text else []
        else:
            new = _to_people(channel, vocabulary, on, at)
        known = set(Delivery.objects.filter(channel=channel, day=on).values_list("recipient_id", flat=True))
        new = [each for each in new if each.recipient_id not in known]
        written += len(Delivery.objects.bulk_create(new))
    return written


def _to_people(channel: Channel, vocabulary: Vocabulary, on: date, at: datetime) -> list[Delivery]:
    """Urgent ones alone: a short message is for what does not wait."""
    rows = Reminder.objects.unread().filter(campaign_id=channel.campaign_id, sent_on=on, is_urgent=True)
    if channel.body_id:
        rows = rows.filter(body_id=channel.body_id)
    if channel.team_id:
        rows = rows.filter(team_id=channel.team_id)
    people = Counter(rows.exclude(recipient__phone="").values_list("recipient_id", "recipient__phone"))
    words = _("〔%(campaign)s〕您有%(count)d件事项今天到期或者已经逾期，请登录系统办理。")
    campaign = vocabulary.campaign.short_name
    return [
        _message(channel, on, at, words % {"campaign": campaign, "count": count}, recipient_id=pk, address=phone)
        for (pk, phone), count in people.items()
    ]


def _message(channel: Channel, on: date, at: datetime, text: str, **to: object) -> Delivery:
    return Delivery(
        channel=channel,
        campaign_id=channel.campaign_id,
        day=on,
        message_id=new_message_id(),
        subject=channel.name,
        text=text,
        next_try_at=at,
        created_at=at,
        **to,
    )
