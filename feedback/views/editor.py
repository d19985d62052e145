"""The editor of a draft as one page: the head, every problem, a row for one more, and the paper beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from feedback.deadlines import DeadlineNote, deadline_note
from feedback.forms.drafts import TYPED, HeadForm, ProblemForm
from feedback.guards import missing_of, problems_of
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.services import paper as sheets
from feedback.services.writing import Entry, Typed
from supervision.vocabulary import vocabulary_of

PROBLEM_FIELD = re.compile(rf"p(\d{{1,18}})-(?:{'|'.join(TYPED)})")


@dataclass(frozen=True)
class Row:
    """One problem of the editor: its inputs, what it lacks, what stands beside its deadline."""

    form: ProblemForm
    problem: FeedbackProblem
    missing: list[str]
    note: DeadlineNote


class Editor:
    """The page of a draft as one form: the head, every problem, a row for one more; bound when something was sent."""

    def __init__(self, draft: FeedbackForm, data: Any = None) -> None:
        self.draft, self.data = draft, data
        self.on = draft.campaign.day_of(timezone.now())
        self.vocabulary = vocabulary_of(draft.campaign_id)
        self.head = HeadForm(data, initial={name: getattr(draft, name) for name in HeadForm.base_fields})
        self.problems = [self._form(problem) for problem in problems_of(draft)]
        further = FeedbackProblem(form=draft, order=len(self.problems) + 1)
        self.new = self._form(further)

    def _form(self, problem: FeedbackProblem) -> ProblemForm:
        return ProblemForm(self.data, vocabulary=self.vocabulary, on=self.on, problem=problem)

    @property
    def filled(self) -> list[ProblemForm]:
        return [*self.problems, *([] if self.new.is_empty else [self.new])]

    def is_valid(self) -> bool:
        return all([self.head.is_valid(), *(form.is_valid() for form in self.filled)])

    def typed(self) -> Typed:
        """For the service: what was changed on the page, by problem; also of problems that are gone by now."""
        problems = {form.problem.pk: form.entries() for form in self.problems}
        gone = {pk: {"title": Entry("", None)} for pk in self.gone()}
        added = None if self.new.is_empty else self.new.cleaned_data
        changed = {pk: entries for pk, entries in problems.items() if entries}
        return Typed(head=self.head.entries(), problems=changed | gone, added=added)

    def gone(self) -> dict[int, list[str]]:
        """By their ids, what was typed into problems that somebody has removed meanwhile."""
        standing = {form.problem.pk for form in self.problems}
        lost: dict[int, list[str]] = {}
        for sent in self.data or ():
            found = PROBLEM_FIELD.fullmatch(sent)
            if found and int(found[1]) not in standing and self.data[sent] != self.data.get(f"was-{sent}", ""):
                lost.setdefault(int(found[1]), []).append(self.data[sent])
        return lost

    def disputed(self) -> list[tuple[str, str]]:
        """Where somebody else wrote meanwhile what differs from what was typed: the field, and what is saved there."""
        return [
            (str(form[name].label), saved_words(form, name))
            for form in (self.head, *self.problems)
            for name, entry in form.entries().items()
            if entry.collides(form.initial[name])
        ]

    def rows(self) -> list[Row]:
        return [self.row(form) for form in self.problems]

    def row(self, form: ProblemForm) -> Row:
        problem = form.as_typed()
        note = deadline_note(self.draft, problem, self.vocabulary, self.on)
        return Row(form, problem, list(missing_of(problem)), note)

    def sheet(self) -> dict[str, Any]:
        """The paper as the page stands, saved or not."""
        self.head.is_valid()
        for name, value in getattr(self.head, "cleaned_data", {}).items():
            setattr(self.draft, name, value)
        shown = [form.as_typed() for form in self.filled if form.problem.pk or form.is_valid()]
        return sheets.reading_of(self.draft, self.on, problems=shown) or {}


def saved_words(form: forms.Form, name: str) -> str:
    """What is saved in a field, as its reader would read it."""
    field, value = form.fields[name], form.initial.get(name)
    words = {str(key): str(word) for key, word in getattr(field, "choices", ())}
    return words.get(str(value), str(value or "—"))
