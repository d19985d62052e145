"""Conditions of the moves of a rectification item (domain/states.md, 整改事项)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rectification.enums import ItemStatus, MeasureState
from rectification.models.evidence import Evidence
from rectification.models.item import Measure, RectificationItem
from supervision.core.models.file import StoredFile
from supervision.core.transitions import Situation, guard

MEASURES_IN_HAND = frozenset({ItemStatus.IN_PROGRESS, ItemStatus.RETURNED})


# --- the plan ---------------------------------------------------------------------------------------------------------


@guard(_("本事项为限期整改：请报送整改方案"))
def is_immediate(item: RectificationItem, situation: Situation) -> bool:
    return item.is_immediate


@guard(_("本事项为立行立改：不报整改方案，填好措施后直接开始整改"))
def wants_a_plan(item: RectificationItem, situation: Situation) -> bool:
    return not item.is_immediate


@guard(_("整改方案须写明原因分析和责任领导"))
def plan_is_complete(item: RectificationItem, situation: Situation) -> Iterator[str]:
    if not item.root_cause.strip():
        yield gettext("请填写原因分析。")
    if not item.responsible_leader.strip():
        yield gettext("请填写责任领导。")


def ends_too_late(item: RectificationItem, due_on: date) -> bool:
    """Would a measure with this date end after the item's own last day?"""
    return due_on > item.last_day


@guard(_("至少一条整改措施，每条有责任人，完成时限不晚于整改时限"))
def measures_are_planned(item: RectificationItem, situation: Situation) -> Iterator[str]:
    measures = list(item.measures.all())
    if not measures:
        yield gettext("请至少填写一条整改措施。")
    for number, measure in enumerate(measures, 1):
        if not measure.responsible_person.strip():
            yield gettext("措施%(number)d：请填写责任人。") % {"number": number}
        if ends_too_late(item, measure.due_on):
            facts = {"number": number, "due": date_format(measure.due_on), "last": date_format(item.last_day)}
            yield gettext("措施%(number)d：完成时限%(due)s晚于整改时限%(last)s。") % facts


@guard(_("审核人尚未打开整改方案"))
def plan_is_unopened(item: RectificationItem, situation: Situation) -> bool:
    return item.plan_opened_at is None


@guard(_("需要另一人办理：报送方案的人不能审核该方案"))
def decider_did_not_hand_in_plan(item: RectificationItem, situation: Situation) -> bool:
    return bool(situation.actor.pk != item.plan_submitted_by_id)


@guard(_("已有佐证材料或已经审核的措施不能删除，可注明“不再需要”的原因"), needs_input=True)
def removed_measures_are_free(item: RectificationItem, situation: Situation) -> Iterator[str]:
    """What a frozen plan, a verification or evidence names stays on record."""
    removed = {line.pk for line in situation.inputs.get("measures") or () if line.remove and line.pk}
    if not removed:
        return
    is_fixed = item.plan_version > 0 or item.status != ItemStatus.ASSIGNED
    for measure in item.measures.filter(pk__in=removed).prefetch_related("evidence"):
        if is_fixed or measure.evidence.all():
            yield gettext("“%(text)s”") % {"text": measure.text[:40]}


@guard(_("措施的完成时限不晚于重新整改的时限"), needs_input=True)
def new_dates_fit(item: RectificationItem, situation: Situation) -> Iterator[str]:
    """A returned item is not approved once more, so its dates are judged when they are typed."""
    if item.status != ItemStatus.RETURNED:
        return
    for line in situation.inputs.get("measures") or ():
        if not line.remove and ends_too_late(item, line.due_on):
            facts = {"text": line.text[:40], "last": item.last_day.isoformat()}
            yield gettext("“%(text)s”：不晚于%(last)s。") % facts


# --- progress and evidence --------------------------------------------------------------------------------------------


@guard(_("请写明进展情况"), needs_input=True)
def progress_is_told(item: RectificationItem, situation: Situation) -> bool:
    return bool(str(situation.inputs.get("text") or "").strip())


@guard(_("措施的状态只在整改期间可以改动"), needs_input=True)
def measures_are_in_hand(item: RectificationItem, situation: Situation) -> Iterator[str]:
    """What the team verifies must not change under its eyes; a measure that falls away says why."""
    updates = situation.inputs.get("measures") or ()
    if not updates:
        return
    if item.status not in MEASURES_IN_HAND:
        yield gettext("当前状态为“%(state)s”，措施状态不能改动。") % {"state": item.get_status_display()}
    known = {measure.pk for measure in item.measures.all()}
    for update in updates:
        if update.pk not in known:
            yield gettext("措施不属于本事项。")
        elif update.state == MeasureState.NOT_NEEDED and not update.not_needed_reason.strip():
            yield gettext("不再需要的措施须写明原因。")


@guard(_("今天已催办过，明天可再次催办"))
def is_not_pressed_today(item: RectificationItem, situation: Situation) -> bool:
    return item.pressed_on != situation.on


@guard(_("同一文件已用于本单位其他整改事项，请写明重复使用的原因"), needs_input=True)
def same_file_reason(item: RectificationItem, situation: Situation) -> Iterator[str]:
    """Asked before the files are attached, by their sums, within the unit's own evidence."""
    if str(situation.inputs.get("same_file_reason") or "").strip():
        return
    received = {each.sha256: each.original_name for each in situation.inputs.get("files") or ()}
    if not received:
        return
    used = StoredFile.objects.filter(
        campaign_id=item.campaign_id,
        sha256__in=received,
        pk__in=Evidence.objects.standing().filter(item__unit_id=item.unit_id).exclude(item=item).values("file_id"),
    )
    for sha256 in sorted(set(used.values_list("sha256", flat=True))):
        yield gettext("“%(name)s”") % {"name": received[sha256]}


@guard(_("请至少选择一个文件"), needs_input=True)
def a_file_is_given(item: RectificationItem, situation: Situation) -> bool:
    return bool(situation.inputs.get("files"))


# --- handing in -------------------------------------------------------------------------------------------------------


@guard(_("每条措施须已完成，或注明不再需要的原因"))
def every_measure_answered(item: RectificationItem, situation: Situation) -> Iterable[str]:
    measures = list(item.measures.all())
    if not measures:
        return [gettext("还没有整改措施。")]
    return [
        gettext("措施“%(text)s”（%(person)s）：%(state)s")
        % {"text": measure.text[:40], "person": measure.responsible_person, "state": measure.get_state_display()}
        for measure in measures
        if not measure.is_answered
    ]


@guard(_("至少一份已生效的佐证材料"))
def has_effective_evidence(item: RectificationItem, situation: Situation) -> bool:
    return any(each.effective_on <= situation.on for each in evidence_of(item))


@guard(_("与本单位其他整改事项重复使用的文件须说明原因"))
def same_files_are_explained(item: RectificationItem, situation: Situation) -> Iterable[str]:
    return [
        gettext("“%(name)s”") % {"name": each.file.original_name}
        for each in evidence_of(item)
        if getattr(each, "used_elsewhere", False) and not each.same_file_reason.strip()
    ]


def evidence_of(item: RectificationItem) -> list[Evidence]:
    """The standing evidence with its files and whether another item uses the same; one query for an instance.

    A page or a report that covers many items prefetches it: Prefetch("evidence", Evidence.objects.with_reuse()
    .select_related("file")).
    """
    kept = getattr(item, "_prefetched_objects_cache", {}).get("evidence")
    if kept is None:
        kept = getattr(item, "_standing_evidence", None)
    if kept is None:
        found = item.evidence.with_reuse().standing().select_related("file", "measure", "uploaded_by")
        kept = item._standing_evidence = list(found)  # type: ignore[attr-defined]
    return [each for each in kept if each.withdrawn_at is None]


@guard(_("措施须属于本事项"), needs_input=True)
def measure_is_of_item(item: RectificationItem, situation: Situation) -> bool:
    measure: Measure | None = situation.inputs.get("measure")
    return measure is None or measure.item_id == item.pk


@guard(_("只能撤下本事项尚未撤下的佐证材料"), needs_input=True)
def evidence_stands(item: RectificationItem, situation: Situation) -> bool:
    evidence: Evidence | None = situation.inputs.get("evidence")
    if evidence is None:
        return False
    return Evidence.objects.standing().filter(item=item, pk=evidence.pk).exists()
