"""The log of an inspection while it is in progress: records, checklist, talks, photos. All in place, under its lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from supervision.core import files
from supervision.core.events import record, register_verb
from supervision.core.models.event import Audience
from supervision.core.models.file import StoredFile
from supervision.core.refusals import Changed, Condition, NotAllowed, Unmet
from supervision.enums import MethodKind
from supervision.models.inspection import (
    ChecklistResult,
    Inspection,
    InspectionMethod,
    InspectionRecord,
    TalkRecord,
)
from supervision.models.vocabulary import ChecklistPoint, Method
from supervision.services.log_entries import check_version, differs, gone, known, note, write
from supervision.transitions import LOG


@dataclass(frozen=True)
class Counts:
    """What a record counts; None: not counted. `satisfaction` is in percent."""

    people_talked: int | None = None
    files_read: int | None = None
    households: int | None = None
    people_tested: int | None = None
    people_passed: int | None = None
    satisfaction: Decimal | None = None


@dataclass(frozen=True)
class PointResult:
    """What was seen of one checklist point."""

    point: ChecklistPoint
    looked_at: bool
    finding: str = ""
    version: int | None = None  # what the writer read; 0: nothing; None: just now


@dataclass(frozen=True)
class Talk:
    """The fields of a talk record; its content is the team's own."""

    held_at: datetime
    place: str
    talker: str
    talked_to: str
    recorder: str
    topic: str
    points: str
    follow_up: str = ""


def log_checked(pk: int, actor: User, at: datetime) -> Inspection:
    """The locked inspection, when `actor` may write its log now."""
    inspection = Inspection.objects.locked(pk)
    LOG.check(inspection, actor, at=at)
    return inspection


@transaction.atomic
def save_log(
    *,
    pk: int,
    actor: User,
    at: datetime,
    summary: str,
    skip_reasons: Mapping[int, str] | None = None,
    version: int | None = None,
) -> Inspection:
    """The overall impression, and why a planned method was not used (`skip_reasons` by method id)."""
    inspection = log_checked(pk, actor, at)
    rows = list(inspection.methods.filter(method_id__in=skip_reasons or {}))
    reasons = {row.method_id: (skip_reasons or {})[row.method_id] for row in rows}
    was = {row.method_id: row.skip_reason for row in rows}
    if (inspection.summary, was) == (summary, reasons):
        return inspection
    if version is not None and version != inspection.log_version:
        raise _log_changed(inspection, was)
    inspection.summary, inspection.log_by = summary, actor
    inspection.log_version += 1
    inspection.save(update_fields=["summary", "log_by", "log_version"])
    for row in rows:
        row.skip_reason = reasons[row.method_id]
    InspectionMethod.objects.bulk_update(rows, ["skip_reason"])
    note(LOG.verb, inspection, actor, at, {})
    return inspection


def _log_changed(inspection: Inspection, reasons: Mapping[int, str]) -> Changed:
    values = {"summary": inspection.summary} | {f"skip_{method}": text for method, text in reasons.items()}
    by = inspection.log_by.name if inspection.log_by else ""
    return Changed.to(values, version=inspection.log_version, by=by)


# --- records ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_record(
    *,
    pk: int,
    actor: User,
    at: datetime,
    method: Method,
    content: str,
    counts: Counts | None = None,
    record_id: int | None = None,
    client_key: UUID | None = None,
    version: int | None = None,
) -> InspectionRecord:
    """Write what was done by one method, or change one's own record. Raises Unmet naming the fields that are wrong.

    `client_key` is the browser's name for the record: sent again, it is the same record. `version` is what it read.
    """
    inspection = log_checked(pk, actor, at)
    found = _own(inspection.records, record_id, actor) if record_id else None
    found = found or _owned(known(InspectionRecord, inspection, client_key, version), actor)
    counts = counts or Counts()
    _check_record(inspection, method, content, counts)
    values = {"method": method, "content": content, **vars(counts)}
    if found and not differs(found, values):
        return found
    if found:
        check_version(found, version, by=found.author, names=tuple(values))
    row = found or InspectionRecord(inspection=inspection, author=actor, created_at=at)
    row.client_key = client_key or row.client_key
    write(row, values, actor)
    InspectionMethod.objects.get_or_create(inspection=inspection, method=method)  # used without having been planned
    verb = "inspection.record_changed" if found else "inspection.record_added"
    note(verb, inspection, actor, at, {"record": row.pk, "method": method.name})
    return row


def _check_record(inspection: Inspection, method: Method, content: str, counts: Counts) -> None:
    unmet = []
    ours = method.campaign_id == inspection.campaign_id and method.body_id in (None, inspection.body_id)
    if not ours or method.kind != MethodKind.ACT:
        unmet.append(Condition("method", _("这种方法不需要记录，或不属于本督导主体。")))
    if not content.strip():
        unmet.append(Condition("content", _("请填写情况记录。")))
    if counts.people_passed is not None and counts.people_passed > (counts.people_tested or 0):
        unmet.append(Condition("people_passed", _("合格人数不能多于测试人数。")))
    if counts.satisfaction is not None and not 0 <= counts.satisfaction <= 100:
        unmet.append(Condition("satisfaction", _("满意度须在0到100之间。")))
    if unmet:
        raise Unmet(tuple(unmet))


@transaction.atomic
def delete_record(*, pk: int, actor: User, at: datetime, record_id: int) -> Inspection:
    """Remove one's own record; not while a problem names it as its source."""
    inspection = log_checked(pk, actor, at)
    row = _own(inspection.records, record_id, actor)
    named = list(inspection.problems.filter(record=row).values_list("title", flat=True))
    if named:
        raise Unmet((Condition("record", _("有问题以这条记录为来源，请先修改问题。"), tuple(named)),))
    facts = {"record": row.pk, "method": row.method.name, "content": row.content}
    row.delete()
    record("inspection.record_removed", subject=inspection, actor=actor, at=at, payload=facts)
    return inspection


def _own(rows: Any, pk: int, actor: User) -> Any:
    """One of the inspection's rows by its author; a row of another inspection does not exist here."""
    row = rows.filter(pk=pk).first()
    if row is None:
        raise gone()
    return _owned(row, actor)


def _owned(row: Any, actor: User) -> Any:
    if row is not None and row.author_id != actor.pk:
        raise NotAllowed.for_roles(row.author.name)
    return row


# --- checklist --------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_checklist(*, pk: int, actor: User, at: datetime, results: Iterable[PointResult]) -> Inspection:
    """What was looked at. Points of other foci or phases are refused; unchanged ones keep their author."""
    inspection = log_checked(pk, actor, at)
    given = list(results)
    known_points = {point.pk for point in points_of(inspection)}
    if any(each.point.pk not in known_points for each in given):
        raise Unmet((Condition("point", _("督导要点不属于本次检查的督导重点和环节。")),))
    kept = {row.point_id: row for row in inspection.checklist.select_related("author")}
    changed = [each for each in given if _differs(each, kept.get(each.point.pk))]
    for each in changed:
        _save_point(inspection, each, kept.get(each.point.pk), actor)
    if changed:
        payload = {"points": [each.point.pk for each in changed]}
        note("inspection.checklist_saved", inspection, actor, at, payload)
    return inspection


def _save_point(inspection: Inspection, given: PointResult, row: ChecklistResult | None, actor: User) -> None:
    if row is None:
        row = ChecklistResult(inspection=inspection, point=given.point)
    else:
        check_version(row, given.version, by=row.author, names=("looked_at", "finding"))
        row.version += 1
    row.looked_at, row.finding, row.author = given.looked_at, given.finding, actor
    row.save()


def points_of(inspection: Inspection) -> list[ChecklistPoint]:
    """The checklist of the inspection's foci in its phase (points without a phase are asked in every one).

    A retired point stays with the visits that have looked at it.
    """
    asked = Q(retired_on__isnull=True) | Q(pk__in=inspection.checklist.values("point_id"))
    points = ChecklistPoint.objects.filter(asked, focus__in=inspection.foci.all()).select_related("focus")
    ordered = points.order_by("focus__order", "focus_id", "order", "pk")
    return [point for point in ordered if point.phase_id in (None, inspection.phase_id)]


def _differs(given: PointResult, row: ChecklistResult | None) -> bool:
    if row is None:
        return given.looked_at or bool(given.finding.strip())
    return (row.looked_at, row.finding) != (given.looked_at, given.finding)


# --- talks ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_talk(
    *,
    pk: int,
    actor: User,
    at: datetime,
    talk: Talk,
    talk_id: int | None = None,
    client_key: UUID | None = None,
    version: int | None = None,
) -> TalkRecord:
    """A talk 谈话记录: written, read and changed by the team alone. The event says that there is one, never what."""
    inspection = log_checked(pk, actor, at)
    found = TalkRecord.objects.filter(inspection=inspection, pk=talk_id).first() if talk_id else None
    found = found or known(TalkRecord, inspection, client_key, version)
    if talk_id and found is None:
        raise gone()
    if talk.held_at > at:
        raise Unmet((Condition("held_at", _("谈话时间不能晚于现在。")),))
    if found and not differs(found, vars(talk)):
        return found
    if found:
        check_version(found, version, by=found.changed_by, names=tuple(vars(talk)))
    row = found or TalkRecord(inspection=inspection, author=actor, created_at=at)
    row.client_key = client_key or row.client_key
    write(row, vars(talk), actor)
    verb = "inspection.talk_changed" if found else "inspection.talk_added"
    note(verb, inspection, actor, at, {"talk": row.pk})
    return row


# --- photos -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_photo(
    *, pk: int, actor: User, at: datetime, photo: files.ReceivedFile, client_key: UUID | None = None
) -> StoredFile:
    """A photo of the visit, for the supervising side. Sent again under its key, it is there once."""
    inspection = log_checked(pk, actor, at)
    check_photo(photo)
    there = StoredFile.objects.filter(client_key=client_key).first() if client_key else None
    if there is not None:
        if (there.subject_kind, there.subject_id) != (inspection.kind, inspection.pk):
            raise gone()
        return there
    stored = files.attach(photo, subject=inspection, actor=actor, at=at, client_key=client_key)
    payload = {"file": stored.pk, "name": stored.original_name}
    record("inspection.photo_added", subject=inspection, actor=actor, at=at, payload=payload)
    return stored


def check_photo(photo: files.ReceivedFile, field: str = "photo") -> None:
    """Raises Unmet beside `field` for a file that is not a picture; only pictures have pixels."""
    if photo.width is None:
        raise Unmet((Condition(field, _("请上传照片（JPG或PNG）。")),))


def photos_of(kind: str, ids: Iterable[int]) -> dict[int, list[StoredFile]]:
    """The files of several subjects of a kind, by subject; one query."""
    found: dict[int, list[StoredFile]] = {}
    for stored in StoredFile.objects.filter(subject_kind=kind, subject_id__in=list(ids)).select_related("uploaded_by"):
        found.setdefault(stored.subject_id, []).append(stored)
    return found


for _verb, _label in (
    ("inspection.record_added", gettext_lazy("新增检查记录")),
    ("inspection.record_changed", gettext_lazy("修改检查记录")),
    ("inspection.record_removed", gettext_lazy("删除检查记录")),
    ("inspection.checklist_saved", gettext_lazy("填写督导要点")),
    ("inspection.talk_added", gettext_lazy("新增谈话记录")),
    ("inspection.talk_changed", gettext_lazy("修改谈话记录")),
    ("inspection.photo_added", gettext_lazy("上传现场照片")),
):
    register_verb(_verb, _label, Audience.TEAM)
