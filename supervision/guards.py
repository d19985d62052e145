"""Named conditions of the moves of a campaign and of an inspection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from supervision import rules
from supervision.core.models.file import StoredFile
from supervision.core.transitions import Allowed, Situation, guard
from supervision.enums import TEAMS_OWN, DeadlineKind, Document, MethodKind, Outcome, Source
from supervision.models.inspection import Inspection, InspectionMethod
from supervision.models.people import TeamMembership
from supervision.models.problem import Problem
from supervision.vocabulary import Vocabulary, in_use, vocabulary_of

PRESENT_AT_LEAST = 2  # domain/states.md, Inspection: start
STEPS = (
    DeadlineKind.RECEIPT,
    DeadlineKind.PLAN,
    DeadlineKind.PLAN_REVIEW,
    DeadlineKind.VERIFICATION,
    DeadlineKind.CLOSURE,
    DeadlineKind.REDO,
    DeadlineKind.COUNTERSIGN,
    DeadlineKind.ADVICE_ANSWER,
    DeadlineKind.READING,
)


@guard(gettext_lazy("专项活动须在进行中"))
def campaign_is_running(subject: Any, situation: Situation) -> bool:
    """A business move of any table: nothing moves in a campaign that is being prepared, finished or archived."""
    return bool(subject.campaign.is_running)


# --- campaign ---------------------------------------------------------------------------------------------------------


@guard(gettext_lazy("专项活动的设置须齐全"))
def campaign_is_set_up(campaign: Any, situation: Situation) -> Iterator[str]:
    """Without these rows the first move of an object would fail: name each before anybody works."""
    vocabulary = vocabulary_of(campaign.pk)
    rows = {
        _("环节"): vocabulary.phases,
        _("督导重点"): vocabulary.foci,
        _("督导方法"): vocabulary.methods,
        _("问题类别"): in_use(vocabulary.categories),
        _("严重程度"): in_use(vocabulary.severities),
        _("销号条件"): vocabulary.close_requirements,
        _("亮灯规则"): vocabulary.light_rules,
        _("日常督导方式"): vocabulary.contact_ways,
        _("送审材料种类"): vocabulary.draft_kinds,
    }
    yield from (_("还没有设置%(name)s") % {"name": name} for name, found in rows.items() if not found)
    if not campaign.units.filter(team__isnull=False).exists():
        yield _("还没有由督导组负责的被督导单位")
    yield from _missing_deadlines(vocabulary)
    yield from _missing_routes(vocabulary)


def _missing_deadlines(vocabulary: Vocabulary) -> Iterator[str]:
    known = {rule.code for rule in vocabulary.deadline_rules}
    for step in STEPS:
        if step.value not in known:
            yield _("缺少时限规则：%(name)s") % {"name": step.label}
    if not any(rule.for_problems and not rule.is_retired for rule in vocabulary.deadline_rules):
        yield _("缺少用于整改时限的规则")


def _missing_routes(vocabulary: Vocabulary) -> Iterator[str]:
    """Every document a team or the province can make needs its route; what is central is always key."""
    wanted = [(document, Source.TEAM, key) for document in TEAMS_OWN for key in (False, True)]
    for document in (Document.FEEDBACK_FORM, Document.RECTIFICATION_PLAN, Document.CLOSURE_SHEET):
        wanted += [(document, source, key) for source in (Source.TEAM, Source.PROVINCIAL) for key in (False, True)]
        wanted.append((document, Source.CENTRAL, True))
    for document, source, key in wanted:
        if (document.value, source.value, key) not in vocabulary.routes:
            weight = _("重点") if key else _("一般")
            facts = {"document": document.label, "source": source.label, "weight": weight}
            yield _("缺少审批路径：%(document)s（%(source)s，%(weight)s）") % facts


# --- inspection: who --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LeaderBesides:
    """The leader, or whoever stands in because the leader is absent or is the author of what is decided."""

    author: Callable[[Any], int | None]
    roles: tuple[str, ...] = (Role.LEADER,)

    def __call__(self, subject: Any, situation: Situation) -> bool:
        return rules.acts_as_leader(situation.actor, subject, situation.on, instead_of=self.author(subject))

    def words(self, subject: Any) -> str:
        return vocabulary_of(subject.campaign_id).role_word(Role.LEADER)


@dataclass(frozen=True)
class LeaderOrApprover:
    """The leader; for a visit that nobody has approved yet, whoever approves it: postponing is no way around."""

    approver: Allowed
    roles: tuple[str, ...] = (Role.LEADER,)

    def __call__(self, subject: Any, situation: Situation) -> bool:
        if subject.approved_at is None:
            return self.approver(subject, situation)
        return rules.acts_as_leader(situation.actor, subject, situation.on)

    def words(self, subject: Any) -> str:
        if subject.approved_at is None:
            return self.approver.words(subject)
        return vocabulary_of(subject.campaign_id).role_word(Role.LEADER)


# --- inspection: what -------------------------------------------------------------------------------------------------


@guard(gettext_lazy("需要另一人办理：批准人不能是登记人"))
def approver_is_not_creator(inspection: Inspection, situation: Situation) -> bool:
    return bool(situation.actor.pk != inspection.created_by_id)


@guard(gettext_lazy("需要另一人办理：未经批准的督导检查，登记人不能自行恢复"))
def resumer_is_not_creator_unless_approved(inspection: Inspection, situation: Situation) -> bool:
    """Resuming a visit that was never approved approves it."""
    return inspection.approved_at is not None or situation.actor.pk != inspection.created_by_id


@guard(gettext_lazy("须到督导检查日期"))
def date_is_reached(inspection: Inspection, situation: Situation) -> bool:
    return inspection.on <= situation.on


@guard(gettext_lazy("到场的督导组成员须不少于两人"), needs_input=True)
def two_members_are_present(inspection: Inspection, situation: Situation) -> Iterator[str]:
    present = list(situation.inputs.get("present") or ())
    known = set(members_on(inspection, situation.on).values_list("user_id", flat=True))
    for person in present:
        if person.pk not in known:
            yield _("%(name)s不是本督导组当日在岗成员") % {"name": person.name}
    count = len({person.pk for person in present} & known)
    if count < PRESENT_AT_LEAST:
        yield _("已选%(count)d人，至少%(least)d人") % {"count": count, "least": PRESENT_AT_LEAST}


@guard(gettext_lazy("计划采用的每种督导方法须有记录，或写明未采用的原因"))
def planned_methods_are_answered(inspection: Inspection, situation: Situation) -> Iterator[str]:
    """Methods of kind act alone: a manner is ticked, a follow-up is fulfilled by the linked paper."""
    recorded = {record.method_id for record in inspection.records.all()}
    for row in methods_of(inspection):
        if row.method.kind == MethodKind.ACT and row.method_id not in recorded and not row.skip_reason.strip():
            yield _("“%(method)s”还没有记录，也没有写明未采用的原因") % {"method": row.method.name}


def methods_of(inspection: Inspection) -> list[InspectionMethod]:
    """The planned methods, each with its method; free of queries when the page has prefetched them."""
    if "methods" in getattr(inspection, "_prefetched_objects_cache", {}):
        return list(inspection.methods.all())
    return list(inspection.methods.select_related("method"))


@guard(gettext_lazy("每个问题须写明具体表现、依据和来源"))
def problems_are_complete(inspection: Inspection, situation: Situation) -> Iterator[str]:
    problems = list(inspection.problems.all())
    photographed = _photographed(problems)
    for number, problem in enumerate(problems, start=1):
        missing = list(missing_of(problem, has_photo=problem.pk in photographed))
        if missing:
            facts = {"number": number, "title": problem.title, "missing": "、".join(missing)}
            yield _("问题%(number)d“%(title)s”缺少：%(missing)s") % facts


def _photographed(problems: list[Problem]) -> set[int]:
    """Which of the problems mended on the spot have a photo; no query when none was mended or all are counted."""
    if all(hasattr(problem, "photo_count") for problem in problems):
        return {problem.pk for problem in problems if getattr(problem, "photo_count", 0)}
    mended = [problem.pk for problem in problems if problem.mended_on_spot]
    if not mended:
        return set()
    photos = StoredFile.objects.filter(subject_kind=Problem.kind, subject_id__in=mended)
    return set(photos.values_list("subject_id", flat=True))


def missing_of(problem: Problem, *, has_photo: bool) -> Iterator[str]:
    """What one problem still lacks, in words."""
    yield from (word for _field, word in missing_fields(problem, has_photo=has_photo))


def missing_fields(problem: Problem, *, has_photo: bool) -> Iterator[tuple[str, str]]:
    """The fields that are still empty, each with its word; mended on the spot wants the mend, two members, a photo."""
    if not problem.fact.strip():
        yield "fact", _("具体表现")
    if not problem.basis.strip():
        yield "basis", _("依据")
    if problem.record_id is None and problem.checklist_result_id is None:
        yield "record", _("来源记录或来源要点")
    if problem.mended_on_spot:
        yield from _missing_of_mend(problem, has_photo)


def _missing_of_mend(problem: Problem, has_photo: bool) -> Iterator[tuple[str, str]]:
    if not problem.mend.strip():
        yield "mend", _("当场整改情况")
    if problem.witness_id is None or problem.second_witness_id is None:
        yield "witness", _("两名见证成员")
    if not has_photo:
        yield "photos", _("当场整改照片")


@guard(gettext_lazy("审定人尚未打开"))
def reviewer_has_not_opened(inspection: Inspection, situation: Situation) -> bool:
    return inspection.opened_at is None


@guard(gettext_lazy("需要另一人办理：报送人不能审定自己报送的督导检查"))
def reviewer_is_not_submitter(inspection: Inspection, situation: Situation) -> bool:
    """Nobody decides what they submitted."""
    return bool(situation.actor.pk != inspection.submitted_by_id)


@guard(gettext_lazy("需要另一人办理：审定人不能是唯一的记录人"))
def reviewer_is_not_only_author(inspection: Inspection, situation: Situation) -> bool:
    authors = {record.author_id for record in inspection.records.all()}
    authors |= {problem.author_id for problem in inspection.problems.all()}
    authors |= {result.author_id for result in inspection.checklist.all()}
    return authors != {situation.actor.pk}


@guard(gettext_lazy("督导结果须与登记的问题一致"), needs_input=True)
def outcome_fits_problems(inspection: Inspection, situation: Situation) -> Iterator[str]:
    """Feedback if, and only if, there is a problem."""
    outcome, count = situation.inputs.get("outcome"), inspection.problems.count()
    if outcome == Outcome.FEEDBACK and not count:
        yield _("没有登记问题，结果应为“未发现问题”")
    elif outcome == Outcome.NONE_FOUND and count:
        yield _("已登记%(count)d个问题，结果应为“已反馈”") % {"count": count}
    elif outcome not in (Outcome.FEEDBACK, Outcome.NONE_FOUND):
        yield _("请选择督导结果")


@guard(gettext_lazy("已经进行的督导检查不能改期"))
def has_not_happened(inspection: Inspection, situation: Situation) -> bool:
    """An entry made afterwards 补录 tells of a day that is over."""
    return inspection.happened_on is None


@guard(gettext_lazy("新的日期不得早于今天"), needs_input=True)
def new_date_is_ahead(inspection: Inspection, situation: Situation) -> bool:
    planned_on = situation.inputs.get("planned_on")
    return planned_on is not None and planned_on >= situation.on


def members_on(inspection: Inspection, on: date) -> QuerySet[TeamMembership]:
    """Working members of the inspection's team at hand on its day: appointed, not gone, not recorded absent."""
    day = inspection.happened_on or on
    gone = Q(starts_on__gt=day) | Q(ends_on__lt=day)
    away = Q(absent_from__lte=day) & (Q(absent_until__isnull=True) | Q(absent_until__gte=day))
    members = TeamMembership.objects.filter(team_id=inspection.team_id, role__in=rules.TEAM_PEOPLE)
    return members.exclude(gone).exclude(away)
