"""Reminders by e-mail: urgent ones at once, the others in one digest a person and day."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from supervision.core.models.delivery import Delivery, MailTiming
from supervision.core.models.reminder import Reminder
from supervision.core.templatetags._dates import day_text
from supervision.models.campaign import Campaign
from supervision.services.reminded import sentence_of
from supervision.services.reminders import sending_day
from supervision.vocabulary import Vocabulary, vocabulary_of

ORDER = (MailTiming.NEVER, MailTiming.DIGEST, MailTiming.AT_ONCE)
LOOKED_BACK = 5  # working days: what came after a day's digest is in the next one, also after a long holiday
SUBJECT_LENGTH = 255


def is_on() -> bool:
    """Without a mail server nothing is written for it."""
    return bool(settings.EMAIL_HOST)


def timing_of(user: User, campaign: Campaign) -> MailTiming:
    """What the person wants within what the campaign allows."""
    return ORDER[min(ORDER.index(MailTiming(user.mail_timing)), ORDER.index(MailTiming(campaign.mail_timing)))]


@transaction.atomic
def write_mail(*, campaign_id: int, at: datetime) -> int:
    """A delivery for every unread reminder that is to leave the system today and has none yet."""
    vocabulary = vocabulary_of(campaign_id)
    on = sending_day(vocabulary, at)
    if on is None or not is_on():
        return 0
    Campaign.objects.locked(campaign_id)  # two beats write one after the other
    written = 0
    for user, reminders in _unsent(vocabulary, on).items():
        timing = timing_of(user, vocabulary.campaign)
        if timing != MailTiming.NEVER:
            written += _write(user, reminders, timing, vocabulary, on, at)
    return written


def _unsent(vocabulary: Vocabulary, on: date) -> dict[User, list[Reminder]]:
    since = vocabulary.calendar.add(on, -LOOKED_BACK)
    unread = Reminder.objects.unread().filter(campaign_id=vocabulary.campaign.pk)
    rows = unread.filter(mail__isnull=True, sent_on__gte=since)
    found: dict[User, list[Reminder]] = defaultdict(list)
    for each in rows.exclude(recipient__email="").select_related("recipient").order_by("due_on", "pk"):
        found[each.recipient].append(each)
    return found


def _write(
    user: User, reminders: list[Reminder], timing: MailTiming, vocabulary: Vocabulary, on: date, at: datetime
) -> int:
    at_once = timing == MailTiming.AT_ONCE
    urgent = [each for each in reminders if at_once and each.is_urgent and each.sent_on == on]
    others = [each for each in reminders if each not in urgent]
    with translation.override(user.language):
        for each in urgent:
            _send_later(user, [each], vocabulary, on, at, is_urgent=True)
        if others and not Delivery.objects.filter(**_digest_of(user, vocabulary, on)).exists():
            _send_later(user, others, vocabulary, on, at, is_urgent=False)
            return len(urgent) + 1
    return len(urgent)


def _digest_of(user: User, vocabulary: Vocabulary, on: date) -> dict[str, object]:
    return {
        "recipient": user,
        "campaign_id": vocabulary.campaign.pk,
        "day": on,
        "urgent_of__isnull": True,
        "channel__isnull": True,
    }


def _send_later(
    user: User, reminders: list[Reminder], vocabulary: Vocabulary, on: date, at: datetime, *, is_urgent: bool
) -> None:
    delivery = Delivery.objects.create(
        campaign_id=vocabulary.campaign.pk,
        recipient=user,
        day=on,
        urgent_of=reminders[0] if is_urgent else None,
        message_id=new_message_id(),
        address=user.email,
        subject=_subject(reminders, vocabulary, is_urgent=is_urgent)[:SUBJECT_LENGTH],
        text=text_of(reminders, vocabulary, on),
        next_try_at=at,
        created_at=at,
    )
    Reminder.objects.filter(pk__in=[each.pk for each in reminders]).update(mail=delivery)


def new_message_id() -> str:
    """Given once to a delivery and kept through all its tries."""
    return f"<{uuid.uuid4()}@{settings.MAIL_DOMAIN}>"


def _subject(reminders: list[Reminder], vocabulary: Vocabulary, *, is_urgent: bool) -> str:
    campaign = vocabulary.campaign.short_name
    if is_urgent:
        words = {"campaign": campaign, "what": sentence_of(reminders[0], vocabulary.calendar)}
        return _("〔%(campaign)s〕%(what)s") % words
    return _("〔%(campaign)s〕到期提醒汇总，共%(count)d件") % {"campaign": campaign, "count": len(reminders)}


def _number_in(label: str) -> str:
    """Labels are a number and a title; one without a number stays inside as a whole."""
    number, space, _title = label.partition(" ")
    return number if space else ""


def text_of(reminders: Iterable[Reminder], vocabulary: Vocabulary, on: date) -> str:
    """What and until when. No fact of a problem leaves the system, its title does not either."""
    lines = [
        (
            _("%(number)s %(what)s，时限%(day)s")
            % {
                "number": _number_in(each.label),
                "what": sentence_of(each, vocabulary.calendar),
                "day": day_text(each.due_on, on, vocabulary.calendar),
            }
        ).strip()
        for each in reminders
    ]
    return "\n".join([*lines, "", _("请登录系统办理。本邮件由系统自动发出，请勿回复。")])
