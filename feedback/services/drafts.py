"""Drafting a feedback form: from a concluded inspection without retyping, or by the provincial office."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import Role
from feedback.enums import NeedToKnow
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.transitions import EDIT
from supervision.core.events import record, register_verb
from supervision.core.models.event import Audience
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.enums import DeadlineKind, Source
from supervision.models.campaign import Phase
from supervision.models.inspection import Inspection
from supervision.models.organisation import Unit
from supervision.models.problem import Problem
from supervision.models.vocabulary import Category, DeadlineRule, Severity
from supervision.vocabulary import Vocabulary, vocabulary_of

OUT_OF_THE_WAY = 1000  # more than a form ever has problems

register_verb("form.drafted", gettext_lazy("起草"), Audience.TEAM)


def draft_from_inspection(*, inspection: Inspection, actor: User, at: datetime) -> FeedbackForm | None:
    """The effect of concluding an inspection that found problems; None when it found none."""
    problems = list(inspection.problems.all())
    if not problems:
        return None
    vocabulary = vocabulary_of(inspection.campaign_id)
    form = FeedbackForm(
        phase_id=inspection.phase_id,
        inspection=inspection,
        source=Source.TEAM,
        title=_("关于%(unit)s督导检查情况的反馈") % {"unit": inspection.unit.name},
        created_by=inspection.submitted_by or actor,
        created_at=at,
    )
    form.take_scope_of(inspection)
    form.save()
    rule = default_rule(vocabulary)
    FeedbackProblem.objects.bulk_create(
        carried(form, order, problem, rule) for order, problem in enumerate(problems, start=1)
    )
    record("form.drafted", subject=form, actor=actor, at=at, payload={"problems": len(problems)})
    return form


def carried(form: FeedbackForm, order: int, problem: Problem, rule: DeadlineRule | None) -> FeedbackProblem:
    return FeedbackProblem(
        form=form,
        order=order,
        origin=problem,
        category_id=problem.category_id,
        severity_id=problem.severity_id,
        nature=problem.nature,
        title=problem.title,
        fact=problem.fact,
        basis=problem.basis,
        mended_on_spot=problem.mended_on_spot,
        mend=problem.mend,
        deadline_rule=None if problem.mended_on_spot else rule,
    )


def default_rule(vocabulary: Vocabulary) -> DeadlineRule | None:
    """限期整改 where the campaign has it, else its first rule for problems."""
    offered = [rule for rule in vocabulary.deadline_rules if rule.for_problems and not rule.is_retired]
    return next((rule for rule in offered if rule.code == DeadlineKind.FIXED), offered[0] if offered else None)


@transaction.atomic
def draft_form(
    *, unit: Unit, phase: Phase, source: str, title: str, actor: User, at: datetime, requirement: str = ""
) -> FeedbackForm:
    """A provincial or central form, drafted by the provincial office; teams draft theirs by inspections.

    Raises NotAllowed for others, Unmet when the unit has no team to verify or the campaign is not running.
    """
    on = unit.campaign.day_of(at)
    if not any(actor.scope.holds(role, unit.campaign_id, on) for role in (Role.OFFICE, Role.OFFICE_LEAD)):
        raise NotAllowed.for_roles(vocabulary_of(unit.campaign_id).role_word(Role.OFFICE))
    conditions = []
    if not unit.campaign.is_running:
        conditions.append(Condition("campaign_is_running", _("专项活动须在进行中")))
    if phase.campaign_id != unit.campaign_id:
        conditions.append(Condition("phase", _("环节不属于该单位所在的专项活动。")))
    if unit.team_id is None:
        conditions.append(Condition("unit", _("该单位没有负责的督导组，无法核验整改。")))
    if source not in (Source.PROVINCIAL, Source.CENTRAL):
        conditions.append(Condition("source", _("来源须为省教整办交办或中央督导反馈。")))
    if conditions:
        raise Unmet(tuple(conditions))
    form = FeedbackForm(
        phase=phase, source=source, title=title, requirement=requirement, created_by=actor, created_at=at
    )
    form.take_scope_of(unit)
    form.save()
    record("form.drafted", subject=form, actor=actor, at=at)
    return form


@transaction.atomic
def edit_draft(
    *, pk: int, actor: User, at: datetime, title: str, requirement: str = "", need_to_know: str = NeedToKnow.INTERNAL
) -> FeedbackForm:
    """Change the head of a draft."""
    form = FeedbackForm.objects.locked(pk)
    EDIT.check(form, actor, at=at)
    was = {"title": form.title, "requirement": form.requirement, "need_to_know": form.need_to_know}
    form.title, form.requirement, form.need_to_know = title, requirement, need_to_know
    form.revision += 1
    form.save(update_fields=["title", "requirement", "need_to_know", "revision"])
    record(EDIT.verb, subject=form, actor=actor, at=at, payload={"was": was})
    return form


@transaction.atomic
def save_problem(
    *,
    pk: int,
    actor: User,
    at: datetime,
    category: Category,
    severity: Severity,
    title: str,
    fact: str = "",
    basis: str = "",
    requirement: str = "",
    nature: str = "individual",
    deadline_rule: DeadlineRule | None = None,
    typed_due_on: date | None = None,
    long_term: bool = False,
    problem_id: int | None = None,
) -> FeedbackProblem:
    """Add a problem to a draft, or change the one named by `problem_id`. A rule or a typed date, never both."""
    form = FeedbackForm.objects.locked(pk)
    EDIT.check(form, actor, at=at)
    problem = found_problem(form, problem_id)
    fields: dict[str, Any] = {
        "category": category, "severity": severity, "title": title, "fact": fact, "basis": basis, "nature": nature,
        "requirement": requirement, "deadline_rule": deadline_rule, "typed_due_on": typed_due_on,
        "long_term": long_term,
    }  # fmt: skip
    write_problem(problem, fields)
    problem.save()
    rise(form)
    record(EDIT.verb, subject=form, actor=actor, at=at, payload={"problem": problem.order, "title": title})
    return problem


def write_problem(problem: FeedbackProblem, fields: dict[str, Any]) -> None:
    """Put what was typed into the row: a typed date stands instead of a rule; what is mended has no deadline."""
    for name, value in fields.items():
        setattr(problem, name, value)
    if problem.typed_due_on or problem.mended_on_spot:
        problem.deadline_rule = None
    if problem.mended_on_spot:  # done before the team's eyes: there is no deadline to give
        problem.typed_due_on = None


def rise(form: FeedbackForm) -> None:
    """Whoever has an older page open learns of it when they save."""
    form.revision += 1
    form.save(update_fields=["revision"])


def found_problem(form: FeedbackForm, problem_id: int | None) -> FeedbackProblem:
    if problem_id is not None:
        return form.problems.get(pk=problem_id)
    last = form.problems.aggregate(last=Max("order"))["last"] or 0
    return FeedbackProblem(form=form, order=last + 1)


@transaction.atomic
def remove_problem(*, pk: int, problem_id: int, actor: User, at: datetime) -> FeedbackForm:
    """Take a problem off a draft; the inspection keeps its record of it, the others close ranks."""
    form = FeedbackForm.objects.locked(pk)
    EDIT.check(form, actor, at=at)
    problem = form.problems.get(pk=problem_id)
    record(EDIT.verb, subject=form, actor=actor, at=at, payload={"removed": problem.title})
    problem.delete()
    _number_anew(form, list(form.problems.all()))
    rise(form)
    return form


@transaction.atomic
def reorder_problems(*, pk: int, actor: User, at: datetime, order: list[int]) -> FeedbackForm:
    """Put the problems of a draft into the order of the given ids. Raises Unmet when these are not its problems."""
    form = FeedbackForm.objects.locked(pk)
    EDIT.check(form, actor, at=at)
    rows = {problem.pk: problem for problem in form.problems.all()}
    if sorted(order) != sorted(rows):
        raise Unmet((Condition("order", _("问题有增减，请刷新页面后再排序。")),))
    _number_anew(form, [rows[each] for each in order])
    rise(form)
    record(EDIT.verb, subject=form, actor=actor, at=at, payload={"order": [rows[each].title for each in order]})
    return form


def _number_anew(form: FeedbackForm, problems: list[FeedbackProblem]) -> None:
    """Number them from 1 in the given order; first out of the way, since no two may share a number."""
    form.problems.update(order=F("order") + OUT_OF_THE_WAY)
    for order, problem in enumerate(problems, start=1):
        problem.order = order
    FeedbackProblem.objects.bulk_update(problems, ["order"])
