"""Number series: prefix 代字, pattern, and where the year's counting begins. Numbers once given stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from supervision.core.models.number import IssuedNumber, NumberCounter, NumberSeries, validate_pattern
from supervision.core.numbers import normalised
from supervision.core.refusals import Condition, Unmet
from supervision.effects import ADD, CHANGE, Change, Effect
from supervision.enums import Document
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body
from supervision.services.settings.rows import locked_campaign, note_change

KIND = "numbers"
NUMBERED = (Document.FEEDBACK_FORM, Document.CLOSURE_SHEET)
AHEAD = 200  # how far ahead two series may not print the same number


def series_of(campaign_id: int) -> list[NumberSeries]:
    return list(NumberSeries.objects.filter(campaign_id=campaign_id).order_by("code"))


def label_of(series: NumberSeries) -> str:
    """反馈单（省公安厅）; the campaign's common one without a body."""
    document, _sep, body_code = series.code.partition(":")
    name = str(Document(document).label) if document in Document.values else document
    body = Body.objects.filter(campaign_id=series.campaign_id, code=body_code).first() if body_code else None
    return _("%(document)s（%(body)s）") % {"document": name, "body": body.name} if body else name


def codes_left(campaign: Campaign) -> list[tuple[str, str]]:
    """Series that the campaign could still have: code and label."""
    there = {series.code for series in series_of(campaign.pk)}
    found = []
    for document in NUMBERED:
        wanted = [NumberSeries(campaign_id=campaign.pk, code=document.value)]
        wanted += [
            NumberSeries(campaign_id=campaign.pk, code=f"{document.value}:{body.code}")
            for body in campaign.bodies.all()
        ]
        found += [(each.code, label_of(each)) for each in wanted if each.code not in there]
    return found


def last_of(series: NumberSeries, year: int) -> int:
    counter = NumberCounter.objects.filter(series_id=series.pk, year=year).first() if series.pk else None
    return counter.last if counter else 0


def proposed_series(campaign: Campaign, row: NumberSeries | None, values: Mapping[str, Any], on: date) -> Change:
    """`values`: prefix, pattern, next (the next number of the running year), and of a new series its code."""
    was = row or NumberSeries(campaign_id=campaign.pk, code=str(values.get("code") or ""))
    return Change(campaign, KIND, CHANGE if row else ADD, on, row=was, values=dict(values))


def faults(change: Change) -> list[Condition]:
    return [*_shape(change), *_next_number(change), *_collisions(change)]


def _shape(change: Change) -> Iterator[Condition]:
    try:
        validate_pattern(change.values["pattern"])
    except ValidationError as error:
        yield Condition("pattern", error.messages[0])
    if change.act == ADD and change.values.get("code") not in dict(codes_left(change.campaign)):
        yield Condition("code", _("这个编号系列已经有了。"))


def _next_number(change: Change) -> Iterator[Condition]:
    """A number once passed is never given again, and none is left out once the year has begun."""
    wanted, last = change.values["next"], last_of(change.row, change.on.year)
    if wanted <= last:
        words = {"last": last, "next": last + 1}
        yield Condition("next", _("本年已编到%(last)d号，下一个号不能小于%(next)d。") % words)
    elif wanted > last + 1 and _given(change.row, change.on.year):
        words = {"last": last, "next": last + 1}
        yield Condition("next", _("本年已编到%(last)d号，跳号会留下空号；下一个号只能是%(next)d。") % words)


def _given(series: NumberSeries, year: int) -> bool:
    return bool(series.pk) and IssuedNumber.objects.filter(series_id=series.pk, year=year).exists()


def _collisions(change: Change) -> Iterator[Condition]:
    """Two series that print the same texts would tear gaps into each other."""
    prefix, pattern = change.values["prefix"], change.values["pattern"]
    others = [each for each in series_of(change.campaign.pk) if each.pk != change.row.pk]
    if any((each.prefix, each.pattern) == (prefix, pattern) for each in others):
        yield Condition("prefix", _("代字“%(prefix)s”已由另一个编号系列使用，会编出同样的号。") % {"prefix": prefix})
        return
    ahead = _texts(change, change.values["next"])
    foreign = IssuedNumber.objects.filter(campaign_id=change.campaign.pk, year=change.on.year, is_typed=False)
    if change.row.pk:
        foreign = foreign.exclude(series_id=change.row.pk)
    if taken := foreign.filter(text__in=ahead).values_list("text", flat=True).first():
        yield Condition("prefix", _("用这个代字会编出已经用过的号，例如“%(text)s”，请换一个代字。") % {"text": taken})


def _texts(change: Change, first: int) -> list[str]:
    series = NumberSeries(prefix=change.values["prefix"], pattern=change.values["pattern"])
    return [normalised(series.text_of(change.on.year, value)) for value in range(first, first + AHEAD)]


def differences(change: Change) -> dict[str, list[Any]]:
    """What is and what would be; of a new series, what it is given."""
    row, is_new = change.row, change.act == ADD
    was = {
        "prefix": "" if is_new else row.prefix,
        "pattern": "" if is_new else row.pattern,
        "next": "" if is_new else last_of(row, change.on.year) + 1,
    }
    return {name: [value, change.values[name]] for name, value in was.items() if value != change.values[name]}


def effects(change: Change) -> Iterator[Effect]:
    """What the next paper will be called, and that the numbers given stay."""
    series = NumberSeries(prefix=change.values["prefix"], pattern=change.values["pattern"])
    upcoming = series.text_of(change.on.year, change.values["next"])
    yield Effect(_("下一份文书的编号是“%(text)s”。") % {"text": upcoming}, True)
    given = IssuedNumber.objects.filter(series_id=change.row.pk).count() if change.row.pk else 0
    yield Effect(_("已编的%(count)d个号不变，也不会再次使用。") % {"count": given}, False)


@transaction.atomic
def save_series(
    *, campaign_id: int, pk: int | None, values: Mapping[str, Any], actor: User, at: datetime
) -> NumberSeries:
    """Change a series, or add one that the campaign lacks (`pk` None)."""
    campaign = locked_campaign(campaign_id, actor, at)
    row = NumberSeries.objects.select_for_update().get(campaign_id=campaign_id, pk=pk) if pk else None
    change = proposed_series(campaign, row, values, campaign.day_of(at))
    if conditions := faults(change):
        raise Unmet(tuple(conditions))
    changes, series = differences(change), change.row
    if not changes:
        raise Unmet((Condition("row", _("没有改动任何内容。")),))
    series.prefix, series.pattern = values["prefix"], values["pattern"]
    series.save()
    _begin_at(series, change.on.year, values["next"])
    note_change(campaign, kind=KIND, act=change.act, name=label_of(series), changes=changes, actor=actor, at=at)
    return series


def _begin_at(series: NumberSeries, year: int, first: int) -> None:
    """The counter of the year, so that the next number is `first`."""
    NumberCounter.objects.bulk_create([NumberCounter(series=series, year=year)], ignore_conflicts=True)
    counter = NumberCounter.objects.select_for_update().get(series=series, year=year)
    if counter.last != first - 1:
        NumberCounter.objects.filter(pk=counter.pk).update(last=first - 1)
