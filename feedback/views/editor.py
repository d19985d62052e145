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
from feedback.services.writing import Typed
from supervision.vocabulary import vocabulary_of

PROBLEM_FIELD = re.compile(rf"p\d+-({'|'.join(TYPED)})")


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
        names = ("title", "requirement", "need_to_know")
        initial = {"version": draft.revision, **{name: getattr(draft, name) for name in names}}
        self.head = HeadForm(data, initial=initial)
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
        """For the service: everything on the page, by problem."""
        head = {name: value for name, value in self.head.cleaned_data.items() if name != "version"}
        problems = {form.problem.pk: form.cleaned_data for form in self.problems}
        return Typed(head=head, problems=problems, added=None if self.new.is_empty else self.new.cleaned_data)

    def rows(self) -> list[Row]:
        return [self.row(form) for form in self.problems]

    def row(self, form: ProblemForm) -> Row:
        problem = form.as_typed()
        note = deadline_note(self.draft, problem, self.vocabulary, self.on)
        return Row(form, problem, list(missing_of(problem)), note)

    def saved_otherwise(self) -> list[tuple[str, str]]:
        """Where what is saved differs from what stands on the page: the field, and what is saved there."""
        forms = [self.head, *self.problems]
        return [
            (str(form[name].label), saved_words(form, name))
            for form in forms
            for name in form.changed_data
            if name != "version"
        ]

    def orphaned(self) -> list[str]:
        """What was typed into problems that somebody has removed meanwhile."""
        held = {f"p{form.problem.pk}" for form in self.problems}
        found = (name.rsplit("-", 1) for name in self.data or () if PROBLEM_FIELD.fullmatch(name))
        return [self.data[f"{row}-{name}"] for row, name in found if row not in held and self.data[f"{row}-{name}"]]

    def sheet(self) -> dict[str, Any]:
        """The paper as the page stands, saved or not."""
        self.head.is_valid()
        for name, value in getattr(self.head, "cleaned_data", {}).items():
            if name != "version":
                setattr(self.draft, name, value)
        shown = [form.as_typed() for form in self.filled if form.problem.pk or form.is_valid()]
        return sheets.reading_of(self.draft, self.on, problems=shown) or {}


def saved_words(form: forms.Form, name: str) -> str:
    """What is saved in a field, as its reader would read it."""
    field, value = form.fields[name], form.initial.get(name)
    words = {str(key): str(word) for key, word in getattr(field, "choices", ())}
    return words.get(str(value), str(value or "—"))
