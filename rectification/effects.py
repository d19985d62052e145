"""What changes of a campaign's settings will and will not touch among rectification items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from rectification import ledger
from rectification.enums import SETTLED, ItemStatus, ReportStatus
from rectification.lights import light_of
from rectification.models.item import RectificationItem
from rectification.models.report import Report
from supervision import effects
from supervision.core.deadlines import Clock
from supervision.effects import ADD, MOVE, RETIRE, Change, Effect, OpenDeadline
from supervision.enums import DeadlineKind, Document, Light
from supervision.models.vocabulary import LightRule
from supervision.vocabulary import Vocabulary, vocabulary_of

# The step whose running clock was set by a rule: what is counting now keeps its date.
RUNNING: dict[str, tuple[str, ...]] = {
    DeadlineKind.PLAN: (ItemStatus.ASSIGNED,),
    DeadlineKind.PLAN_REVIEW: (ItemStatus.PLAN_REVIEW,),
    DeadlineKind.VERIFICATION: (ItemStatus.SUBMITTED,),
    DeadlineKind.CLOSURE: (ItemStatus.PENDING_CLOSE,),
    DeadlineKind.REDO: (ItemStatus.RETURNED,),
}
ASKED_WHERE: dict[str, tuple[str, ...]] = {
    Document.RECTIFICATION_PLAN: (ItemStatus.PLAN_REVIEW,),
    Document.CLOSURE_SHEET: (ItemStatus.PENDING_CLOSE,),
}


def register() -> None:
    """Called once from `apps.ready()`."""
    effects.register("deadlines", of_deadlines)
    effects.register("categories", of_categories)
    effects.register("closing", of_closing)
    effects.register("lights", of_lights)
    effects.register("phases", of_phases)
    effects.register("routes", of_routes)
    effects.register("general", of_general)
    effects.register_deadlines(clocks_across)


def _items(change: Change) -> Any:
    return RectificationItem.objects.filter(campaign=change.campaign)


def _ledger(**query: Any) -> str:
    return f"{reverse('rectification:ledger')}?{'&'.join(f'{name}={value}' for name, value in query.items())}"


def of_deadlines(change: Change) -> Iterator[Effect]:
    if change.row is None or not change.alters("amount", "unit"):
        return
    statuses = RUNNING.get(change.row.code)
    if statuses:
        words = {"name": change.row.name, "count": _items(change).filter(status__in=statuses).count()}
        yield Effect(_("今后开始的“%(name)s”按新的时长计时。") % words, True)
        yield Effect(_("正在这一步的%(count)d件事项，当前时限不变。") % words, False, _ledger(status=statuses[0]))
        old = vocabulary_of(change.campaign.pk)
        yield from _light_effects(change, old, _with_rule(old, change))


def _with_rule(vocabulary: Vocabulary, change: Change) -> Vocabulary:
    altered = _altered(change)
    rules = tuple(altered if rule.pk == altered.pk else rule for rule in vocabulary.deadline_rules)
    return replace(vocabulary, deadline_rules=rules)


def _altered(change: Change) -> Any:
    """The row as it would be; the one of the vocabulary stays as it is."""
    row = copy(change.row)
    for name, value in change.values.items():
        setattr(row, name, value)
    return row


def of_categories(change: Change) -> Iterator[Effect]:
    if change.row is not None:
        count = _items(change).filter(category=change.row).count()
        yield Effect(
            _("%(count)d件整改事项属于这一类，归类不变。") % {"count": count}, False, _ledger(category=change.row.pk)
        )


def of_closing(change: Change) -> Iterator[Effect]:
    waiting = _items(change).filter(status=ItemStatus.PENDING_CLOSE).count()
    closed = _items(change).filter(status=ItemStatus.CLOSED).count()
    sentence = _("正在待销号的%(count)d件事项，审批时按新的条件逐项核对。")
    yield Effect(sentence % {"count": waiting}, True, _ledger(status=ItemStatus.PENDING_CLOSE))
    yield Effect(
        _("已销号的%(count)d件不变，销号单保留当时的条件。") % {"count": closed}, False, _ledger(group="closed")
    )


def of_lights(change: Change) -> Iterator[Effect]:
    """How many items would show another light today, from what to what."""
    old = vocabulary_of(change.campaign.pk)
    rules = tuple(_light_rules(old.light_rules, change))
    yield from _light_effects(change, old, replace(old, light_rules=rules))
    yield Effect(_("时限、逾期和各项统计数字都不变：灯只是显示。"), False)


def _light_rules(rules: Sequence[LightRule], change: Change) -> list[LightRule]:
    if change.act == ADD:
        added = LightRule(campaign=change.campaign, **change.values)
        return [*rules[:-1], added, *rules[-1:]]  # before the last, which always holds
    if change.act == MOVE:
        return list(change.values["order"])
    if change.act == RETIRE:
        return [rule for rule in rules if rule.pk != change.row.pk]
    altered = _altered(change)
    if change.row.is_retired:
        return [*rules[:-1], altered, *rules[-1:]]
    return [altered if rule.pk == altered.pk else rule for rule in rules]


def _light_effects(change: Change, old: Vocabulary, new: Vocabulary) -> Iterator[Effect]:
    moved: Counter[tuple[Light, Light]] = Counter()
    total = 0
    for item in ledger.with_late_measure(_items(change), change.on).iterator(chunk_size=500):
        was, now = (light_of(item, change.on, words, has_late_measure=item.has_late_measure) for words in (old, new))
        total += 1
        if was.light != now.light:
            moved[was.light, now.light] += 1
    if not moved:
        yield Effect(_("今天没有事项因此换灯（共%(total)d件）。") % {"total": total}, False)
        return
    pairs = "；".join(
        _("%(was)s变%(now)s %(count)d件") % {"was": was.label, "now": now.label, "count": count}
        for (was, now), count in sorted(moved.items())
    )
    words = {"count": sum(moved.values()), "total": total, "pairs": pairs}
    yield Effect(_("今天有%(count)d件事项随即换灯（共%(total)d件）：%(pairs)s。") % words, True)


def of_phases(change: Change) -> Iterator[Effect]:
    """The end of a phase warns, it never clamps."""
    if change.row is None or not change.alters("ends_on"):
        return
    later = _items(change).filter(phase=change.row, due_on__gt=change.value("ends_on")).exclude(status__in=SETTLED)
    sentence = _("本环节未办结的事项中，%(count)d件的时限晚于新的结束日期：时限不变，由签发人另行决定。")
    yield Effect(sentence % {"count": later.count()}, False, _ledger(phase=change.row.pk, group="open"))


def of_routes(change: Change) -> Iterator[Effect]:
    case = change.values["case"]
    statuses = ASKED_WHERE.get(case.document)
    if not statuses:
        return
    waiting = _items(change).filter(status__in=statuses, source=case.source, is_key=case.is_key)
    sentence = _("正在等待审批的%(count)d件事项，从现在起按新的路径办理；已经完成的核稿按步数保留。")
    url = _ledger(status=statuses[0], source=case.source)
    yield Effect(sentence % {"count": waiting.exclude(clock=Clock.NONE).count()}, True, url)
    yield Effect(_("已经批准或销号的不受影响。"), False)


def of_general(change: Change) -> Iterator[Effect]:
    """Which moment of a report counts is decided when it is signed."""
    if not change.alters("report_clock"):
        return
    waiting = Report.objects.filter(campaign=change.campaign, status=ReportStatus.PENDING_SIGNOFF).count()
    yield Effect(_("今后签批的整改报告按新的规定计时，包括正在待签批的%(count)d份。") % {"count": waiting}, True)
    yield Effect(_("已报送的整改报告，是否按期的结论不变。"), False)


def clocks_across(campaigns: frozenset[int], day: date) -> Iterator[OpenDeadline]:
    """Items whose clock is running, whosever it is."""
    running = RectificationItem.objects.filter(campaign_id__in=campaigns, opened_on__lt=day, clock_due_on__gte=day)
    for item in running.exclude(clock=Clock.NONE).select_related("unit"):
        whose = str(Clock(item.clock).label)
        url = item.get_absolute_url()
        yield OpenDeadline(item.label, item.unit.name, whose, item.opened_on, item.clock_due_on, url)
