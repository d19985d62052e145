"""The reminders of a day, written set by set: one statement for each stage of each running campaign.

The ledger decides what is new: a rung that was reached, or a later one, is never sent again to the same person about
the same date. So a second beat, a late one, a clock set back or one that ran ahead change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts.roles import OBJECT_OF
from supervision.core.models.reminder import Reminder
from supervision.enums import CampaignStatus
from supervision.models.campaign import Campaign
from supervision.models.reminding import ReminderStep
from supervision.reminding import LABEL, WHOSE, Span, Stage, Waiting, spans, stages
from supervision.services.posts import Holding, holdings
from supervision.vocabulary import Vocabulary, vocabulary_of

ALWAYS = -32_000  # below every rung: whose move it is, is reminded from the first one on
SCOPE = ("campaign_id", "body_id", "team_id", "unit_id")
SAME = ("subject_kind", "subject_id", "stage", "due_on", "recipient")
# VALUES name their columns column1, column2 … on both databases. What waits is read once, by its dates; its rung and
# its people are found by equality alone, so that PostgreSQL may hash: `o` stands once for each place where posts are
# held, and whatever is later than the last rung's day counts as of that day.
INSERT = """
INSERT INTO core_reminder (
    stage, subject_kind, subject_id, label, campaign_id, body_id, team_id, unit_id, due_on, rung, is_urgent,
    recipient_id, role, sent_on, created_at
)
WITH w AS MATERIALIZED ({rows}),
o AS MATERIALIZED (
    SELECT w.*, d.column2 AS rung
    FROM w JOIN (VALUES {spans}) d ON d.column1 = CASE WHEN w.due < %s THEN %s ELSE w.due END{begun}
),
a AS (
    SELECT o.*, 'unit' AS kind, o.unit_id AS place FROM o
    UNION ALL SELECT o.*, 'team', o.team_id FROM o
    UNION ALL SELECT o.*, 'body', o.body_id FROM o
    UNION ALL SELECT o.*, 'campaign', o.campaign_id FROM o
)
SELECT %s, %s, a.pk, a.reminded_label, a.campaign_id, a.body_id, a.team_id, a.unit_id, a.due, a.rung,
       a.rung IN ({urgent}), p.column3, s.column2, %s, %s
FROM a
JOIN (VALUES {steps}) s ON s.column1 = a.reminded_role AND s.column3 = a.kind AND s.column4 <= a.rung
JOIN (VALUES {people}) p ON p.column1 = s.column2 AND p.column2 = a.place
WHERE NOT EXISTS (
    SELECT 1 FROM core_reminder r
    WHERE r.subject_kind = %s AND r.subject_id = a.pk AND r.stage = %s AND r.due_on = a.due
      AND r.recipient_id = p.column3 AND r.rung >= a.rung
)
ON CONFLICT DO NOTHING
"""
BEGUN = " AND (d.column3 = %s OR w.began < d.column3)"


@transaction.atomic
def remind(*, campaign_id: int, at: datetime) -> int:
    """The reminders of one campaign; none on a day off, before its hour, or once its day is over."""
    vocabulary = vocabulary_of(campaign_id)
    on = sending_day(vocabulary, at)
    if on is None or not Campaign.objects.filter(pk=campaign_id, status=CampaignStatus.RUNNING).exists():
        return 0
    today = list(spans([row.offset for row in vocabulary.reminder_rungs], vocabulary.calendar, on))
    people = holdings(vocabulary, on)
    if not today or not people:
        return 0
    total = 0
    for stage in stages():
        for waiting in stage.waiting(vocabulary, on):
            total += _write(stage, waiting, vocabulary, today, people, on, at)
    _settle(vocabulary, on, at)
    return total


def sending_day(vocabulary: Vocabulary, at: datetime) -> date | None:
    """The working day whose reminders go out at that moment."""
    campaign = vocabulary.campaign
    local = at.astimezone(ZoneInfo(campaign.time_zone))
    on = campaign.day_of(at)
    goes_out = on == local.date() and local.hour >= campaign.remind_from and vocabulary.calendar.is_working_day(on)
    return on if goes_out else None


def _write(
    stage: Stage,
    waiting: Waiting,
    vocabulary: Vocabulary,
    today: Sequence[Span],
    people: Iterable[Holding],
    on: date,
    at: datetime,
) -> int:
    urgent = [row.offset for row in vocabulary.reminder_rungs if row.is_urgent]
    held = [span for span in today if _may_hold(waiting, span)]
    if not held:
        return 0
    compiled, params = _due(waiting, vocabulary, held).query.sql_with_params()
    sql = INSERT.format(
        rows=compiled,
        spans=", ".join(["(%s, %s, %s)"] * len(held)),
        begun=BEGUN if waiting.started else "",
        urgent=", ".join(map(str, [ALWAYS, *urgent])),
        steps=_values(_steps(stage, vocabulary.reminder_steps)),
        people=_values((each.role, each.object_id, each.user_id) for each in people),
    )
    ops = connection.ops
    spanned = [value for span in held for value in _span_values(span)]
    latest = ops.adapt_datefield_value(min(span.last for span in held))
    begun = [ops.adapt_datefield_value(date.max)] if waiting.started else []
    given = [stage.code, stage.kind, ops.adapt_datefield_value(on), ops.adapt_datetimefield_value(at)]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *spanned, latest, latest, *begun, *given, stage.kind, stage.code])
        return int(cursor.rowcount)


def _due(waiting: Waiting, vocabulary: Vocabulary, held: Sequence[Span]) -> Any:
    """What waits and is near enough to its date, with everything that a reminder tells."""
    last = max(span.last for span in held)
    rows = waiting.rows.filter(campaign_id=vocabulary.campaign.pk, **{f"{waiting.due}__lte": last})
    dates = {"due": F(waiting.due), **({"began": F(waiting.started)} if waiting.started else {})}
    return rows.annotate(**dates).order_by().values("pk", *SCOPE, *dates, WHOSE, LABEL)


def _may_hold(waiting: Waiting, span: Span) -> bool:
    """A step of a fixed length either reaches the rung or never does."""
    return bool(waiting.started) or span.more_than is None or waiting.given > span.more_than


def _span_values(span: Span) -> tuple[Any, ...]:
    """The day, the rung, and the day before which the work must have begun; the last of all days: any."""
    adapt = connection.ops.adapt_datefield_value
    return adapt(span.last), span.rung, adapt(span.started_before or date.max)


def _steps(stage: Stage, added: Iterable[ReminderStep]) -> list[tuple[str, str, str, int]]:
    """Whose move it is → who is told, where that role is held, from which rung on."""
    found = [(role, role, kind, ALWAYS) for role, kind in OBJECT_OF.items()]
    found += [(whose, also, OBJECT_OF[also], ALWAYS) for whose, also in stage.delegates.items()]
    return found + [(row.whose, row.also, OBJECT_OF[row.also], row.offset) for row in added]


def _values(rows: Iterable[Sequence[str | int]]) -> str:
    """Code names and numbers of our own, never text that anybody typed."""
    return ", ".join("({})".format(", ".join(f"'{v}'" if isinstance(v, str) else str(v) for v in row)) for row in rows)


def _settle(vocabulary: Vocabulary, on: date, at: datetime) -> int:
    """Unread reminders that a later rung has overtaken, or whose object has moved on, ask nobody for anything."""
    unread = Reminder.objects.unread().filter(campaign_id=vocabulary.campaign.pk)
    later = Reminder.objects.filter(rung__gt=OuterRef("rung"), **{name: OuterRef(name) for name in SAME})
    settled = unread.filter(Exists(later)).update(read_at=at)
    for stage in stages():
        standing: Any = Q()
        for waiting in stage.waiting(vocabulary, on):
            same = {"pk": OuterRef("subject_id"), waiting.due: OuterRef("due_on")}
            standing |= Exists(waiting.rows.filter(**same))
        settled += unread.filter(stage=stage.code).exclude(standing).update(read_at=at)
    return settled
