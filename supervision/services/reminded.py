"""What was sent about one object: when, to whom, by which channel; as much of it as the reader may know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import UNIT_ROLES, Role
from supervision.core.models.reminder import Reminder
from supervision.core.refusals import Sentence
from supervision.core.workdays import Calendar
from supervision.reminding import days_text, stage_name
from supervision.rules import is_supervising
from supervision.vocabulary import Vocabulary

SHOWN = 60  # people reminded; of a long story the newest
OF_UNIT = (*UNIT_ROLES, Role.RECEIPT_DELEGATE, Role.REPORT_DELEGATE)


@dataclass
class SentLine:
    """One run's reminders of one object: a time, a sentence and its people."""

    at: datetime
    what: str
    due_on: date
    people: list[SentTo]


@dataclass(frozen=True)
class SentTo:
    name: str
    role: Sentence
    channels: tuple[str, ...]


def sent_about(subject: Any, user: User, vocabulary: Vocabulary) -> list[SentLine]:
    """One query. People of a unit learn who of the unit was reminded, not who of the other side."""
    found = Reminder.objects.of(subject.kind, subject.pk).select_related("recipient", "mail")
    if not is_supervising(user, subject.campaign_id):
        found = found.filter(role__in=OF_UNIT)
    return list(_grouped(found[:SHOWN], vocabulary))


def sentence_of(reminder: Reminder, calendar: Calendar) -> str:
    """整改并报送核验：还有3个工作日到期."""
    return _("%(stage)s：%(days)s") % {"stage": stage_name(reminder.stage), "days": days_text(reminder, calendar)}


def channels_of(reminder: Reminder) -> tuple[str, ...]:
    """Every reminder is in the person's own list; by e-mail too, where that is sent, and how that went."""
    if reminder.mail is None:
        return (_("系统内"),)
    word = _("邮件%(state)s") % {"state": reminder.mail.get_state_display()}
    return (_("系统内"), word)


def _grouped(reminders: Iterable[Reminder], vocabulary: Vocabulary) -> list[SentLine]:
    lines: dict[tuple[Any, ...], SentLine] = {}
    for each in reminders:
        key = (each.created_at, each.stage, each.rung)
        if key not in lines:
            lines[key] = SentLine(each.created_at, sentence_of(each, vocabulary.calendar), each.due_on, [])
        told = SentTo(each.recipient.name, vocabulary.role_word(each.role), channels_of(each))
        lines[key].people.append(told)
    return list(lines.values())
