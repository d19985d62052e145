"""Problems found on an inspection, while its log is open. All under the inspection's lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from supervision.core import files
from supervision.core.events import record, register_verb
from supervision.core.models.event import Audience
from supervision.core.models.file import StoredFile
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.enums import Nature
from supervision.models.inspection import ChecklistResult, Inspection, InspectionRecord
from supervision.models.problem import Problem
from supervision.models.vocabulary import Category, Severity
from supervision.services.daily import take_into
from supervision.services.inspection_records import check_photo, log_checked


@dataclass(frozen=True)
class Finding:
    """The fields of a problem. What may still be empty while it is being written is judged at submit (guards)."""

    title: str
    category: Category
    severity: Severity
    nature: str = Nature.INDIVIDUAL
    fact: str = ""
    basis: str = ""
    record: InspectionRecord | None = None
    checklist_result: ChecklistResult | None = None
    mended_on_spot: bool = False
    mend: str = ""
    witness: User | None = None
    second_witness: User | None = None
    shown_to: str = ""
    shown_at: datetime | None = None
    unit_view: str = ""


@transaction.atomic
def save_problem(
    *,
    pk: int,
    actor: User,
    at: datetime,
    finding: Finding,
    photos: Iterable[files.ReceivedFile] = (),
    problem_id: int | None = None,
    daily_record_id: int | None = None,
) -> Problem:
    """Register a problem on the inspection `pk`, or change one. Raises Unmet with every field that is wrong.

    `daily_record_id`: the daily record that it comes from; with this it is followed up.

    Any member may complete a colleague's problem; the author stays whoever registered it.
    """
    inspection = log_checked(pk, actor, at)
    problem = inspection.problems.filter(pk=problem_id).first() if problem_id else None
    if problem_id and problem is None:
        raise Unmet((Condition("problem", _("这个问题已经不在了，请刷新页面。")),))
    unmet = tuple(_wrong(inspection, finding, at))
    if unmet:
        raise Unmet(unmet)
    received = list(photos)
    for photo in received:
        check_photo(photo, "photos")
    verb = "inspection.problem_changed" if problem else "inspection.problem_added"
    problem = problem or _new(inspection, actor, at)
    for name, value in vars(finding).items():
        setattr(problem, name, value)
    problem.save()
    facts: dict[str, Any] = {"problem": problem.pk, "title": problem.title}
    if received:
        facts["photos"] = [files.attach(photo, subject=problem, actor=actor, at=at).pk for photo in received]
    record(verb, subject=inspection, actor=actor, at=at, payload=facts)
    if daily_record_id is not None:
        take_into(daily_record_id, inspection=inspection, actor=actor, at=at)
    return problem


def _new(inspection: Inspection, actor: User, at: datetime) -> Problem:
    problem = Problem(inspection=inspection, author=actor, created_at=at)
    problem.take_scope_of(inspection)
    return problem


def _wrong(inspection: Inspection, finding: Finding, at: datetime) -> Iterator[Condition]:
    if not finding.title.strip():
        yield Condition("title", _("请填写反馈问题。"))
    if finding.category.campaign_id != inspection.campaign_id:
        yield Condition("category", _("问题类别不属于这个专项活动。"))
    if finding.severity.campaign_id != inspection.campaign_id:
        yield Condition("severity", _("严重程度不属于这个专项活动。"))
    if finding.record is not None and finding.record.inspection_id != inspection.pk:
        yield Condition("record", _("来源记录不属于本次检查。"))
    if finding.checklist_result is not None and finding.checklist_result.inspection_id != inspection.pk:
        yield Condition("checklist_result", _("来源要点不属于本次检查。"))
    if finding.shown_at is not None and finding.shown_at > at:
        yield Condition("shown_at", _("核对时间不能晚于现在。"))
    yield from _wrong_witnesses(inspection, finding)


def _wrong_witnesses(inspection: Inspection, finding: Finding) -> Iterator[Condition]:
    """Two different members who were there."""
    named = [person for person in (finding.witness, finding.second_witness) if person is not None]
    there = set(inspection.present.values_list("pk", flat=True)) if named else set()
    strangers = [person.name for person in named if person.pk not in there]
    if strangers:
        yield Condition("witness", _("见证成员须是到场成员：%(names)s") % {"names": "、".join(strangers)})
    if len(named) != len({person.pk for person in named}):
        yield Condition("second_witness", _("两名见证成员不能是同一人。"))


@transaction.atomic
def check_facts(
    *,
    pk: int,
    actor: User,
    at: datetime,
    shown_to: str,
    shown_at: datetime,
    views: Mapping[int, str],
    sheet: files.ReceivedFile | None = None,
) -> Inspection:
    """事实核对: somebody of the unit was shown these problems; `views` is what they said, by problem.

    `sheet` is a photo of the signed sheet, kept with the photos of the visit.
    """
    inspection = log_checked(pk, actor, at)
    problems = list(inspection.problems.filter(pk__in=views))
    unmet = tuple(_wrong_check(problems, views, shown_to, shown_at, at))
    if unmet:
        raise Unmet(unmet)
    facts: dict[str, Any] = {"problems": sorted(views), "shown_to": shown_to}
    if sheet is not None:
        check_photo(sheet, "sheet")
        facts["sheet"] = files.attach(sheet, subject=inspection, actor=actor, at=at).pk
    for problem in problems:
        problem.shown_to, problem.shown_at, problem.unit_view = shown_to, shown_at, views[problem.pk]
    Problem.objects.bulk_update(problems, ["shown_to", "shown_at", "unit_view"])
    record("inspection.facts_checked", subject=inspection, actor=actor, at=at, payload=facts)
    return inspection


def _wrong_check(
    problems: list[Problem], views: Mapping[int, str], shown_to: str, shown_at: datetime, at: datetime
) -> Iterator[Condition]:
    if not views:
        yield Condition("chosen", _("请选择核对过的问题。"))
    if len(problems) != len(views):
        yield Condition("chosen", _("有的问题已经不在了，请刷新页面。"))
    if not shown_to.strip():
        yield Condition("shown_to", _("请填写核对事实的单位人员。"))
    if shown_at > at:
        yield Condition("shown_at", _("核对时间不能晚于现在。"))


@transaction.atomic
def delete_problem(*, pk: int, actor: User, at: datetime, problem_id: int) -> Inspection:
    """Remove one's own problem while the log is open; a photo that shows it keeps the problem on record."""
    inspection = log_checked(pk, actor, at)
    problem = inspection.problems.filter(pk=problem_id).first()
    if problem is None:
        raise Unmet((Condition("problem", _("这个问题已经不在了，请刷新页面。")),))
    if problem.author_id != actor.pk:
        raise NotAllowed.for_roles(problem.author.name)
    if StoredFile.objects.filter(subject_kind=Problem.kind, subject_id=problem.pk).exists():
        raise Unmet((Condition("photo", _("已附照片的问题不能删除，请修改其内容。")),))
    facts = {"problem": problem.pk, "title": problem.title, "fact": problem.fact, "basis": problem.basis}
    problem.delete()
    record("inspection.problem_removed", subject=inspection, actor=actor, at=at, payload=facts)
    return inspection


for _verb, _label in (
    ("inspection.problem_added", gettext_lazy("登记问题")),
    ("inspection.problem_changed", gettext_lazy("修改问题")),
    ("inspection.problem_removed", gettext_lazy("删除问题")),
    ("inspection.facts_checked", gettext_lazy("核对事实")),
):
    register_verb(_verb, _label, Audience.TEAM)
