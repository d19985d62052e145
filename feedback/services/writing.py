"""The editor of a draft: everything that was typed is saved at once, or nothing where somebody else saved before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.services.drafts import carried, default_rule, found_problem, rise, write_problem
from feedback.transitions import EDIT
from supervision.core.events import record
from supervision.core.refusals import Condition, Unmet
from supervision.models.problem import Problem
from supervision.vocabulary import vocabulary_of

PROBLEM_FIELDS = (
    "category", "severity", "nature", "title", "fact", "basis", "requirement", "deadline_rule", "typed_due_on",
    "long_term",
)  # fmt: skip


@dataclass(frozen=True)
class Typed:
    """What one save of the editor brings: the head, problems by id, and whatever problem was added."""

    head: dict[str, Any]
    problems: dict[int, dict[str, Any]] = field(default_factory=dict)
    added: dict[str, Any] | None = None


@transaction.atomic
def save_draft(*, pk: int, actor: User, at: datetime, revision: int, typed: Typed) -> FeedbackForm:
    """Save the whole editor at once; one event says what changed, nothing is written where nothing did.

    `revision` is the one that the editor's page was made from: Unmet ("revision") when somebody else has saved since.
    """
    form = FeedbackForm.objects.locked(pk)
    EDIT.check(form, actor, at=at)
    rows = {problem.pk: problem for problem in form.problems.all()}
    if form.revision != revision or not set(typed.problems) <= set(rows):
        raise Unmet((Condition("revision", _("您打开草稿之后，其他人已经保存过。您输入的内容都在，请核对后再保存。")),))
    changes: dict[str, Any] = {}
    if was := {name: getattr(form, name) for name, value in typed.head.items() if getattr(form, name) != value}:
        changes["was"] = was
    for name, value in typed.head.items():
        setattr(form, name, value)
    altered = [problem.order for each, problem in rows.items() if _changes(problem, typed.problems.get(each, {}))]
    FeedbackProblem.objects.bulk_update([row for row in rows.values() if row.order in altered], PROBLEM_FIELDS)
    changes |= {"problems": altered} if altered else {}
    if typed.added is not None:
        problem = found_problem(form, None)
        write_problem(problem, typed.added)
        problem.save()
        changes["problem"], changes["title"] = problem.order, problem.title
    if changes:
        form.revision += 1
        form.save(update_fields=[*typed.head, "revision"])
        record(EDIT.verb, subject=form, actor=actor, at=at, payload=changes)
    return form


def _changes(problem: FeedbackProblem, fields: dict[str, Any]) -> bool:
    """Write the fields into the row; whether anything became different."""
    was = [getattr(problem, name) for name in PROBLEM_FIELDS]
    write_problem(problem, fields)
    return was != [getattr(problem, name) for name in PROBLEM_FIELDS]


@transaction.atomic
def take_in(*, pk: int, origin_id: int, actor: User, at: datetime) -> FeedbackProblem:
    """Bring a problem of the form's inspection (back) onto the draft, as it was found. Raises DoesNotExist."""
    form = FeedbackForm.objects.locked(pk)
    EDIT.check(form, actor, at=at)
    origin = left_out(form).get(pk=origin_id)
    problem = carried(form, found_problem(form, None).order, origin, default_rule(vocabulary_of(form.campaign_id)))
    problem.save()
    rise(form)
    record(EDIT.verb, subject=form, actor=actor, at=at, payload={"problem": problem.order, "title": problem.title})
    return problem


def left_out(form: FeedbackForm) -> QuerySet[Problem]:
    """The problems of the form's inspection that do not stand on it."""
    if form.inspection_id is None:
        return Problem.objects.none()
    there = form.problems.exclude(origin=None).values("origin_id")
    return Problem.objects.filter(inspection_id=form.inspection_id).exclude(pk__in=there).order_by("pk")
