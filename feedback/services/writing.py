"""The editor of a draft: everything that was typed is saved at once, or nothing where somebody else saved before."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Field, Model, QuerySet
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
class Entry:
    """One field that somebody changed: as its page first showed it (in the page's spelling), and what was typed."""

    shown: str
    value: Any

    def collides(self, held: Any) -> bool:
        """Whether somebody else has written something else into the same field meanwhile."""
        return spelling(held) not in (self.shown, spelling(self.value))


@dataclass(frozen=True)
class Typed:
    """What one save of the editor brings: the changed fields of the head and of the problems, a problem added."""

    head: dict[str, Entry] = field(default_factory=dict)
    problems: dict[int, dict[str, Entry]] = field(default_factory=dict)
    added: dict[str, Any] | None = None


def spelling(value: Any) -> str:
    """A value as the page sends it; line ends and outer blanks make no difference."""
    if isinstance(value, Model):
        return str(value.pk)
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


@transaction.atomic
def save_draft(*, pk: int, actor: User, at: datetime, typed: Typed, over: int | None = None) -> FeedbackForm:
    """Save the whole editor at once: only what was changed is written, one event says what.

    Two people may write at the same time; Unmet ("revision") where both changed one field, or where a problem is gone.
    `over` is the revision that the page has shown beside what was typed: knowing it, the writer's own text holds.
    """
    form = FeedbackForm.objects.locked(pk)
    EDIT.check(form, actor, at=at)
    rows = {problem.pk: problem for problem in form.problems.all()}
    if over != form.revision and _collides(form, rows, typed):
        raise Unmet((Condition("revision", _("您打开草稿之后，其他人改了同一处。您输入的内容都在，请核对后再保存。")),))
    changes = _write(form, rows, typed)
    if changes:
        form.revision += 1
        form.save(update_fields=[*typed.head, "revision"])
        record(EDIT.verb, subject=form, actor=actor, at=at, payload=changes)
    return form


def _collides(form: FeedbackForm, rows: dict[int, FeedbackProblem], typed: Typed) -> bool:
    written = [(form, typed.head), *((rows.get(each), entries) for each, entries in typed.problems.items())]
    return any(
        row is None or any(entry.collides(held(row, name)) for name, entry in entries.items())
        for row, entries in written
    )


def held(row: Model, name: str) -> Any:
    """What is saved in a field, without reading the row that it may point to."""
    column = row._meta.get_field(name)
    assert isinstance(column, Field)
    return getattr(row, column.attname)


def _write(form: FeedbackForm, rows: dict[int, FeedbackProblem], typed: Typed) -> dict[str, Any]:
    """Write what was typed; returns, for the event, what became different."""
    changes: dict[str, Any] = {}
    if was := {name: held(form, name) for name, entry in typed.head.items() if held(form, name) != entry.value}:
        changes["was"] = was
    for name, entry in typed.head.items():
        setattr(form, name, entry.value)
    touched = [rows[each] for each in typed.problems if each in rows]
    for problem in touched:
        write_problem(problem, {name: entry.value for name, entry in typed.problems[problem.pk].items()})
    if touched:
        FeedbackProblem.objects.bulk_update(touched, PROBLEM_FIELDS)
        changes["problems"] = sorted(problem.order for problem in touched)
    if typed.added is not None:
        problem = found_problem(form, None)
        write_problem(problem, typed.added)
        problem.save()
        changes["problem"], changes["title"] = problem.order, problem.title
    return changes


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
