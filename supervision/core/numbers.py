"""Numbers of papers: no gaps in what a series issues, no number ever used twice (architecture, “numbers”).

Lock order everywhere: form → report → items by id → number series → the counters of the figures.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from django.utils.translation import gettext as _

from supervision.core.models.number import IssuedNumber, NumberCounter, NumberSeries
from supervision.core.subjects import Subject

LOOK_AHEAD = 20  # typed numbers are rare: one look nearly always finds the next free value
LONGEST = 160
HALF_WIDTH = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}  # （２０２１） → (2021)
YEAR_IN_BRACKETS = re.compile(r"[(\[【〔﹝{〈《]\s*([0-9]{4})\s*[)\]】〕﹞}〉》]")
INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
IDLE_SPACE = re.compile(r"(?<![!-~])\s+|\s+(?![!-~])")  # a space counts between Latin words only: “No. 3”


class NumberRefused(ValueError):  # noqa: N818  (a refusal is an answer, not an error)
    """The number cannot be given; the sentence says what to do instead."""


class NumberTaken(NumberRefused):
    """Somebody has used this number before, in this campaign."""


class UnknownSeries(NumberRefused):
    """The campaign has no series of this code: its scenario lacks the row."""


def take(*, campaign_id: int, code: str, year: int, subject: Subject, at: datetime) -> IssuedNumber:
    """Give `subject` the next number of a series, inside the caller's transaction.

    A value whose text somebody typed already is passed over. Rolled back, the number is free again: no gap.
    `year` is the year of the document in the campaign's time zone. Two queries once the year has begun.
    Raises UnknownSeries, and TransactionManagementError outside a transaction.
    """
    _require_transaction()
    counter = _raised_counter(campaign_id, code, year)
    if "{n}" not in counter.series.pattern:
        raise ValueError(f"The pattern of series {code!r} lacks {{n}}: it cannot count.")
    value, text = counter.last, normalised(counter.series.text_of(counter.year, counter.last))
    while (number := _written(counter, value, text, subject, at)) is None:
        value, text = _next_free(counter)
        NumberCounter.objects.filter(pk=counter.pk).update(last=value)
    return number


def _written(counter: NumberCounter, value: int, text: str, subject: Subject, at: datetime) -> IssuedNumber | None:
    """The row of the number, or None when somebody has typed this very text; anything else is a fault of ours."""
    try:
        with transaction.atomic():
            return _write(counter, value, text, subject, at)
    except IntegrityError:
        if not IssuedNumber.objects.filter(campaign_id=counter.series.campaign_id, text=text).exists():
            raise
        return None


def register_typed(*, campaign_id: int, text: str, subject: Subject, at: datetime) -> IssuedNumber:
    """Enter a number that the office gave from its own register, inside the caller's transaction.

    The text is normalised first (`normalised`). Raises NumberTaken when the campaign has used it, also for a paper
    that was voided since; NumberRefused when it is empty or longer than 160 characters.
    """
    _require_transaction()
    text = normalised(text)
    if not text:
        raise NumberRefused(_("请填写文号。"))
    if len(text) > LONGEST:
        raise NumberRefused(_("文号不能超过 %(longest)d 个字。") % {"longest": LONGEST})
    try:
        with transaction.atomic():
            return IssuedNumber.objects.create(
                campaign_id=campaign_id,
                text=text,
                year=_year_in(text) or timezone.localtime(at).year,
                is_typed=True,
                subject_kind=subject.kind,
                subject_id=subject.pk,
                issued_at=at,
            )
    except IntegrityError:
        if not is_taken(campaign_id=campaign_id, text=text):
            raise
        raise NumberTaken(_("文号“%(text)s”已经用过，请核对登记簿后改填。") % {"text": text}) from None


def mark_voided(*, subject: Subject, at: datetime) -> int:
    """Note on the numbers of `subject` that its paper was voided; they stay used for ever. Returns how many."""
    numbers = IssuedNumber.objects.filter(subject_kind=subject.kind, subject_id=subject.pk, voided_at__isnull=True)
    return numbers.update(voided_at=at)


def is_taken(*, campaign_id: int, text: str) -> bool:
    """Whether the campaign has used this number; for a form to say so early. `register_typed` decides."""
    return IssuedNumber.objects.filter(campaign_id=campaign_id, text=normalised(text)).exists()


def normalised(text: str) -> str:
    """One spelling for what people type in many: no idle spaces, half-width digits and letters, the year in 〔〕.

    GB/T 9704-2012, 7.2.5 wants the year in hexagonal brackets. The rest is left as it stands in the register.
    """
    narrow = " ".join(INVISIBLE.sub("", text).translate(HALF_WIDTH).split())
    return IDLE_SPACE.sub("", YEAR_IN_BRACKETS.sub(r"〔\1〕", IDLE_SPACE.sub("", narrow)))


def _require_transaction() -> None:
    """A number taken outside a transaction would be lost when the move fails after it: a gap."""
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("Take a number inside the move's transaction (@transaction.atomic).")


# Both databases know RETURNING; Django 5.2 has no word for it. The row stays locked until the transaction ends.
RAISE = """
UPDATE core_numbercounter SET last = last + 1
WHERE year = %s AND series_id = (SELECT id FROM core_numberseries WHERE campaign_id = %s AND code = %s)
RETURNING id, last, series_id,
    (SELECT prefix FROM core_numberseries WHERE id = series_id),
    (SELECT pattern FROM core_numberseries WHERE id = series_id)
"""


def _raised_counter(campaign_id: int, code: str, year: int) -> NumberCounter:
    """The counter of the year with its next value, locked by raising it. Rolled back, it falls again."""
    counter = _raised(campaign_id, code, year)
    if counter is not None:
        return counter
    series = NumberSeries.objects.filter(campaign_id=campaign_id, code=code).first()
    if series is None:
        raise UnknownSeries(_("本专项活动没有编号系列“%(code)s”，请在专项活动设置中补上。") % {"code": code})
    # First number of the year: whoever comes second waits here and then for the lock.
    NumberCounter.objects.bulk_create([NumberCounter(series=series, year=year)], ignore_conflicts=True)
    counter = _raised(campaign_id, code, year)
    assert counter is not None
    return counter


def _raised(campaign_id: int, code: str, year: int) -> NumberCounter | None:
    with connection.cursor() as cursor:
        cursor.execute(RAISE, [year, campaign_id, code])
        row = cursor.fetchone()
    if row is None:
        return None
    pk, last, series_id, prefix, pattern = row
    series = NumberSeries(pk=series_id, campaign_id=campaign_id, code=code, prefix=prefix, pattern=pattern)
    return NumberCounter(pk=pk, series=series, year=year, last=last)


def _next_free(counter: NumberCounter) -> tuple[int, str]:
    """The first value after the last one whose text nobody has typed."""
    first = counter.last + 1
    while True:
        candidates = {
            value: normalised(counter.series.text_of(counter.year, value)) for value in range(first, first + LOOK_AHEAD)
        }
        used = set(
            IssuedNumber.objects.filter(
                campaign_id=counter.series.campaign_id, text__in=candidates.values()
            ).values_list("text", flat=True)
        )
        for value, text in candidates.items():
            if text not in used:
                return value, text
        first += LOOK_AHEAD


def _write(counter: NumberCounter, value: int, text: str, subject: Subject, at: datetime) -> IssuedNumber:
    return IssuedNumber.objects.create(
        series=counter.series,
        campaign_id=counter.series.campaign_id,
        text=text,
        year=counter.year,
        value=value,
        subject_kind=subject.kind,
        subject_id=subject.pk,
        issued_at=at,
    )


def _year_in(text: str) -> int | None:
    """The year that the number carries in its brackets, if any."""
    found = re.search(r"〔([0-9]{4})〕", text)
    return int(found[1]) if found else None
