"""整改台账: its nineteen columns, what may be asked of it, and in which orders.

The list, the CSV, the annex of a report and the figures of the dashboard all read from here, so that a figure and the
list behind it count the same rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rectification.enums import SETTLED, ItemStatus, MeasureState
from rectification.lights import Shown, light_of
from rectification.models.count import RETURNED_TWICE
from rectification.models.item import Measure, RectificationItem
from supervision.core.deadlines import Clock
from supervision.core.refusals import Sentence
from supervision.core.words import saying, words_of
from supervision.models.campaign import Campaign
from supervision.models.organisation import Unit
from supervision.vocabulary import Vocabulary

ANSWERED = (MeasureState.DONE, MeasureState.NOT_NEEDED)
VERIFIED = (ItemStatus.PENDING_CLOSE, ItemStatus.CLOSED)

# The questions of the dashboard, each also a filter of the list (domain/campaign.md, figures everybody watches).
COUNTED = ~Q(status=ItemStatus.CANCELLED)
OPEN = ~Q(status__in=SETTLED)
CLOSED = Q(status=ItemStatus.CLOSED)
COMPLETED = Q(status__in=VERIFIED)
ACCEPTED = COMPLETED & Q(submitted_on__isnull=False)
FILED = COUNTED & Q(submitted_on__isnull=False)
ON_TIME = ACCEPTED & Q(submitted_on__lte=F("original_due_on"))

GROUPS: dict[str, tuple[Sentence, Q]] = {
    "open": (gettext_lazy("未办结"), OPEN),
    "closed": (gettext_lazy("已销号"), CLOSED),
    "completed": (gettext_lazy("已整改完成（核验通过）"), COMPLETED),
    "accepted": (gettext_lazy("报送后核验通过"), ACCEPTED),
    "on_time": (gettext_lazy("按原定时限完成"), ON_TIME),
    "counted": (gettext_lazy("计入统计（不含已取消）"), COUNTED),
    "filed": (gettext_lazy("已报送"), FILED),
    "filed_in_time": (gettext_lazy("按原定时限报送"), FILED & Q(submitted_on__lte=F("original_due_on"))),
    "returned_twice": (gettext_lazy("退回两次以上"), COUNTED & Q(returns__gte=RETURNED_TWICE)),
}
# Which date a span of days is about; each leaves the cancelled out, as the figures do.
OPENED, DUE, SUBMITTED, CLOSED_ON, CLOCK, LEFT, PLANNED = (
    "opened", "due", "submitted", "closed", "clock", "left", "planned",
)  # fmt: skip
DATES: list[tuple[str, Sentence]] = [
    (OPENED, gettext_lazy("下发日期")),
    (DUE, gettext_lazy("原定时限")),
    (SUBMITTED, gettext_lazy("报送日期")),
    (CLOSED_ON, gettext_lazy("销号日期")),
    (CLOCK, gettext_lazy("当前时限")),
    (LEFT, gettext_lazy("截至某日尚未销号（填“到”）")),
    (PLANNED, gettext_lazy("截至某日按原定时限应未完成（填“到”）")),
]
ANYONE = "any"
OVERDUE_CHOICES: list[tuple[str, Sentence]] = [
    (ANYONE, gettext_lazy("已逾期（不分哪一方）")),
    (Clock.UNIT, gettext_lazy("单位逾期")),
    (Clock.TEAM, gettext_lazy("督导组逾期")),
    (Clock.OFFICE, gettext_lazy("办公室逾期")),
]
# Non-null, in both directions.
SORT_COLUMNS = ("urgent_on", "due_on", "clock_due_on", "original_due_on", "opened_on", "number")
DEFAULT_SORT = "urgent_on"  # what is open first, by its deadline
_BY_COLUMN = {
    "status": "status",
    "clock": "clock",
    "source": "source",
    "body": "body_id",
    "team": "team_id",
    "unit": "unit_id",
    "phase": "phase_id",
    "category": "category_id",
}


def overdue(on: date, clock: str = ANYONE) -> Q:
    """Rows whose running clock has run out before `on`; `clock` names whose, else anybody's."""
    ran_out = Q(clock_due_on__lt=on)
    return ran_out & (~Q(clock=Clock.NONE) if clock == ANYONE else Q(clock=clock))


def between(column: str, first: date | None, last: date | None) -> Q:
    q = Q()
    if first is not None:
        q &= Q(**{f"{column}__gte": first})
    if last is not None:
        q &= Q(**{f"{column}__lte": last})
    return q


def clock_between(first: date | None, last: date | None) -> Q:
    """Open rows whose running clock ends within these days."""
    return ~Q(clock=Clock.NONE) & between("clock_due_on", first, last)


def dated(kind: str, first: date | None, last: date | None) -> Q:
    """Rows by one of their dates, or by what was left at the end of the day `last`."""
    if kind == CLOCK:
        return clock_between(first, last)
    if kind == LEFT:
        return COUNTED & between("opened_on", None, last) & ~(CLOSED & between("closed_on", None, last))
    if kind == PLANNED:
        still = Q(original_due_on__gt=last) if last is not None else Q()
        return COUNTED & between("opened_on", None, last) & still
    if kind == CLOSED_ON:
        return CLOSED & Q(closed_on__isnull=False) & between("closed_on", first, last)
    column = {OPENED: "opened_on", DUE: "original_due_on", SUBMITTED: "submitted_on"}[kind]
    return COUNTED & Q(**{f"{column}__isnull": False}) & between(column, first, last)


def asked(queryset: QuerySet[Any], filters: Mapping[str, Any], on: date, units: Iterable[Unit]) -> QuerySet[Any]:
    """The rows that the cleaned filters ask for; empty values ask for nothing. `units` may be named in the words."""
    for name, column in _BY_COLUMN.items():
        if value := filters.get(name):
            queryset = queryset.filter(**{column: value})
    if group := filters.get("group"):
        queryset = queryset.filter(GROUPS[group][1])
    if clock := filters.get("overdue"):
        queryset = queryset.filter(overdue(on, clock))
    if kind := filters.get("date"):
        queryset = queryset.filter(dated(kind, filters.get("from"), filters.get("to")))
    if filters.get("key"):
        queryset = queryset.filter(is_key=True)
    return saying_words(queryset, words_of(filters.get("q") or ""), units)


def saying_words(queryset: QuerySet[Any], words: Iterable[str], units: Iterable[Unit]) -> QuerySet[Any]:
    """Rows of which number, title, problem or unit says each of the words.

    The two tables are asked one by one: an OR across them could use the index of neither.
    """
    units, rows, found = list(units), queryset.order_by(), queryset
    for word in words:
        own = rows.filter(saying([word], "number", "title", units=units)).values("pk")
        found = found.filter(pk__in=own.union(rows.filter(problem__fact__says=word).values("pk")))
    return found


def with_late_measure(queryset: QuerySet[Any], on: date) -> QuerySet[Any]:
    """Annotate `has_late_measure` for the light, in the list's own query."""
    late = Measure.objects.filter(item=OuterRef("pk"), due_on__lt=on).exclude(state__in=ANSWERED)
    return queryset.annotate(has_late_measure=Exists(late))


@dataclass(frozen=True)
class Row:
    """One line of the ledger: the item (with everything read), its running number and its light."""

    item: RectificationItem
    order: int
    light: Shown
    campaign: Campaign


def row_of(item: RectificationItem, order: int, on: date, vocabulary: Vocabulary) -> Row:
    """A line from an item whose measures are read already."""
    late = any(each.due_on < on and each.state not in ANSWERED for each in item.measures.all())
    return Row(item, order, light_of(item, on, vocabulary, has_late_measure=late), vocabulary.campaign)


def late_row_of(item: Any, order: int, on: date, vocabulary: Vocabulary) -> Row:
    """A line from an item that says itself whether a measure is late (`with_late_measure`)."""
    light = light_of(item, on, vocabulary, has_late_measure=item.has_late_measure)
    return Row(item, order, light, vocabulary.campaign)


@dataclass(frozen=True)
class Column:
    """One column of the paper ledger: its heading and its text for a line."""

    key: str
    heading: Sentence
    text: Callable[[Row], str]


def _measures(row: Row) -> str:
    return "\n".join(
        _("%(order)d. %(text)s（%(person)s，%(due)s）")
        % {"order": each.order, "text": each.text, "person": each.responsible_person, "due": each.due_on.isoformat()}
        for each in row.item.measures.all()
    )


def _progress(row: Row) -> str:
    """The unit's dated lines."""
    return "\n".join(f"{row.campaign.day_of(note.at).isoformat()} {note.text}" for note in row.item.notes.all())


def _evidence(row: Row) -> str:
    return "\n".join(f"{each.description}（{each.file.original_name}）" for each in row.item.evidence.all())


def _closed(row: Row) -> str:
    """是否销号（日期/批准人）."""
    closure = getattr(row.item, "closure", None)
    if closure is None:
        return _("否")
    return _("是（%(on)s，%(name)s）") % {"on": closure.decided_on.isoformat(), "name": closure.decided_by.name}


COLUMNS: tuple[Column, ...] = (
    Column("order", gettext_lazy("序号"), lambda row: str(row.order)),
    Column("source", gettext_lazy("反馈来源"), lambda row: row.item.get_source_display()),
    Column("form", gettext_lazy("反馈单号"), lambda row: row.item.form.number),
    Column("phase", gettext_lazy("环节"), lambda row: row.item.phase.name),
    Column("category", gettext_lazy("问题类别"), lambda row: row.item.category.name),
    Column("title", gettext_lazy("反馈问题"), lambda row: row.item.title),
    Column("fact", gettext_lazy("具体表现"), lambda row: row.item.problem.fact),
    Column("goal", gettext_lazy("整改目标"), lambda row: row.item.goal),
    Column("measures", gettext_lazy("整改措施"), _measures),
    Column("leader", gettext_lazy("责任领导"), lambda row: row.item.responsible_leader),
    Column("lead_unit", gettext_lazy("牵头单位"), lambda row: row.item.lead_unit),
    Column("unit", gettext_lazy("责任单位"), lambda row: row.item.unit.name),
    Column("person", gettext_lazy("责任人"), lambda row: row.item.responsible_person),
    Column("due", gettext_lazy("整改时限"), lambda row: row.item.due_on.isoformat()),
    Column("progress", gettext_lazy("进展情况"), _progress),
    Column("evidence", gettext_lazy("佐证材料"), _evidence),
    Column("status", gettext_lazy("完成状态"), lambda row: row.item.get_status_display()),
    Column("light", gettext_lazy("亮灯"), lambda row: f"{row.light.light.label}：{row.light.reason}"),
    Column("closed", gettext_lazy("是否销号（日期/批准人）"), _closed),
)
