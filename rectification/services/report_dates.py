"""Which day of a report counts against the deadline, and what a later signature would make late."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rectification.models.item import RectificationItem
from rectification.models.report import Report
from rectification.transitions import SUBMIT
from supervision.enums import DeadlineKind, ReportClock
from supervision.vocabulary import Vocabulary, vocabulary_of


def counted_date(vocabulary: Vocabulary, *, filed_on: date, signed_on: date) -> date:
    """The day that counts, by the campaign's setting.

    A sheet signed on paper before it was entered was filed no later than that day: the date on paper counts. With
    grace (补签) the filing counts when the signature came within the countersign term after it, else the signature.
    """
    filed_on = min(filed_on, signed_on)
    setting = vocabulary.campaign.report_clock
    if setting == ReportClock.SIGNED:
        return signed_on
    if setting == ReportClock.FILED or signed_on <= vocabulary.due(DeadlineKind.COUNTERSIGN, filed_on):
        return filed_on
    return signed_on


@dataclass(frozen=True)
class Outlook:
    """What the signature's day means for the items still to be submitted."""

    at: datetime
    on: date
    cut_off: str  # 今天 24:00 截止
    ends_at: datetime  # the moment of that
    late_today: tuple[RectificationItem, ...]
    late_tomorrow: tuple[RectificationItem, ...]  # signed tomorrow; only those that today would still be in time
    late_unsent: tuple[RectificationItem, ...]  # of the rest: late unless the report is sent for signature today

    @property
    def is_safe(self) -> bool:
        return not (self.late_today or self.late_tomorrow or self.late_unsent)

    @property
    def left_words(self) -> str:
        """Of the time left; the page's clock fills it in anew every minute."""
        return _("还剩%(hours)d小时%(minutes)d分钟")

    @property
    def left(self) -> str:
        """How long the running day still is."""
        hours, minutes = divmod(max(0, int((self.ends_at - self.at).total_seconds())) // 60, 60)
        return self.left_words % {"hours": hours, "minutes": minutes}


def outlook(report: Report, items: Iterable[RectificationItem], at: datetime) -> Outlook:
    """Who is late if the report is signed today, and who more if it is signed tomorrow (the next calendar day)."""
    vocabulary = vocabulary_of(report.campaign_id)
    campaign = vocabulary.campaign
    on = campaign.day_of(at)
    filed_on = campaign.day_of(report.filed_at) if report.filed_at else on
    today = counted_date(vocabulary, filed_on=filed_on, signed_on=on)
    next_on = on + timedelta(1)
    tomorrow = counted_date(vocabulary, filed_on=filed_on, signed_on=next_on)
    unsent = tomorrow if report.filed_at else counted_date(vocabulary, filed_on=next_on, signed_on=next_on)
    waiting = [item for item in items if item.status in SUBMIT.sources]
    return Outlook(
        at=at,
        on=on,
        cut_off=_cut_off(vocabulary, at, on),
        ends_at=datetime.combine(on, time(), ZoneInfo(campaign.time_zone)) + timedelta(hours=campaign.day_ends_at),
        late_today=tuple(item for item in waiting if today > item.clock_due_on),
        late_tomorrow=tuple(item for item in waiting if today <= item.clock_due_on < tomorrow),
        late_unsent=tuple(item for item in waiting if max(today, tomorrow) <= item.clock_due_on < unsent),
    )


def _cut_off(vocabulary: Vocabulary, at: datetime, on: date) -> str:
    """When the running day ends; after the campaign's hour that is tomorrow's hour already."""
    campaign = vocabulary.campaign
    is_today = at.astimezone(ZoneInfo(campaign.time_zone)).date() == on
    words = _("今天 %(hour)d:00 截止") if is_today else _("明天 %(hour)d:00 截止")
    return words % {"hour": campaign.day_ends_at}
