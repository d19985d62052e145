"""Drafting a feedback form: its head, its problems, the office's new form, the filters of the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from feedback.enums import FormStatus, NeedToKnow
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.models.form import RECEIPTS, UNIT_SEES
from feedback.services.drafts import write_problem
from feedback.services.writing import Entry, spelling
from supervision.core.classified import markings
from supervision.core.web import UploadField, date_input
from supervision.core.words import words_of
from supervision.enums import Nature, Source
from supervision.models.campaign import Campaign, Phase
from supervision.models.organisation import Unit
from supervision.vocabulary import Vocabulary, in_use, vocabulary_of

NEW = "new"  # the row for one more problem
TYPED = ("title", "fact", "basis", "requirement")
DEADLINE = ("deadline_rule", "typed_due_on", "long_term")


def area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def unclassified(text: str) -> None:
    """涉密内容 is refused where it is typed; the move that hands the draft on asks once more."""
    for refusal in markings([text]):
        raise forms.ValidationError(refusal)


class Words(forms.CharField):
    """A text of the sheet. Line ends are those of the record, so that a text left alone has not changed."""

    default_validators = [unclassified]

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


def words(label: Any, most: int, **given: Any) -> Words:
    return Words(label=label, max_length=most, **given)


def _typed(value: Any) -> Any:
    """A row as its choice sends it."""
    return str(value.pk) if isinstance(value, Model) else value


class RowField(forms.TypedChoiceField):
    """One of the campaign's rows, offered from its vocabulary: a page of thirty problems asks the database nothing."""

    def offer(self, rows: Iterable[Any], blank: Any = None) -> None:
        held = {str(row.pk): row for row in rows}
        self.coerce, self.empty_value = held.get, None
        self.choices = [*([("", blank)] if blank else []), *((key, str(row)) for key, row in held.items())]


class Remembering(forms.Form):
    """Sends along what each field showed at first, so that only what was changed is written."""

    def shown(self) -> dict[str, str]:
        """By the field's name, as the page first showed it; what was sent along, else what is saved."""
        sent = self.data if self.is_bound else {}
        return {name: spelling(sent.get(self.remembered(name), self.initial.get(name))) for name in self.fields}

    def remembered(self, name: str) -> str:
        return f"was-{self.add_prefix(name)}"

    @property
    def memory(self) -> list[tuple[str, str]]:
        """The hidden inputs: name and value."""
        return [(self.remembered(name), value) for name, value in self.shown().items()]

    def entries(self) -> dict[str, Entry]:
        """The fields whose text differs from what the page first showed."""
        was = self.shown()
        found = {name: Entry(was[name], value) for name, value in self.cleaned_data.items()}
        return {name: entry for name, entry in found.items() if spelling(entry.value) != entry.shown}


class HeadForm(Remembering):
    """Title, general requirement and need-to-know scope of a draft."""

    title = words(gettext_lazy("标题"), 255)
    requirement = words(gettext_lazy("总体整改要求"), 4000, required=False, widget=area(3))
    need_to_know = forms.ChoiceField(
        label=gettext_lazy("知悉范围"),
        choices=NeedToKnow.choices,
        help_text=gettext_lazy("只能公开或内部；涉密内容不得进入本系统。"),
    )


class ProblemForm(Remembering):
    """One problem of a draft. Choices are the campaign's own rows."""

    title = words(gettext_lazy("反馈问题"), 255)
    category = RowField(label=gettext_lazy("问题类别"))
    severity = RowField(label=gettext_lazy("严重程度"))
    nature = forms.ChoiceField(label=gettext_lazy("性质"), choices=Nature.choices)
    fact = words(gettext_lazy("具体表现"), 4000, required=False, widget=area(4))
    basis = words(gettext_lazy("依据"), 2000, required=False, widget=area(2))
    requirement = words(gettext_lazy("整改要求"), 4000, required=False, widget=area(3))
    deadline_rule = RowField(label=gettext_lazy("整改时限"), required=False)
    typed_due_on = forms.DateField(
        label=gettext_lazy("或指定日期，代替规则"),
        required=False,
        widget=date_input(),
    )
    long_term = forms.BooleanField(label=gettext_lazy("长期坚持"), required=False)

    def __init__(self, data: Any = None, *, vocabulary: Vocabulary, on: date, problem: FeedbackProblem) -> None:
        initial = {name: _typed(getattr(problem, name)) for name in self.base_fields} if problem.pk else {}
        super().__init__(data, initial=initial, prefix=f"p{problem.pk}" if problem.pk else NEW)
        self.on, self.problem = on, problem
        for field in self.fields.values():  # in the error summary; beside the field the number is plain to see
            field.label = _("问题%(number)d：%(field)s") % {"number": problem.order, "field": field.label}
        blank = None if problem.pk else _("请选择")
        rules = [row for row in vocabulary.deadline_rules if row.for_problems]
        self._offer("category", in_use(vocabulary.categories, keeping=problem.category_id), blank)
        self._offer("severity", in_use(vocabulary.severities, keeping=problem.severity_id), blank)
        self._offer("deadline_rule", in_use(rules, keeping=problem.deadline_rule_id), _("指定日期"))
        if problem.mended_on_spot:
            for name in DEADLINE:
                del self.fields[name]

    def _offer(self, name: str, rows: Iterable[Any], blank: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, RowField)
        field.offer(rows, blank)

    def clean_typed_due_on(self) -> date | None:
        day: date | None = self.cleaned_data["typed_due_on"]
        if day is not None and day < self.on:
            raise forms.ValidationError(_("指定的整改时限不得早于今天。"))
        return day

    @property
    def is_empty(self) -> bool:
        """Whether the row for a further problem was left alone."""
        return self.problem.pk is None and not any(str(self[name].value() or "").strip() for name in TYPED)

    def as_typed(self) -> FeedbackProblem:
        """The problem as it stands on the page, for the preview: what cannot be read yet stays as it was."""
        if self.is_bound:
            self.is_valid()
            write_problem(self.problem, self.cleaned_data)
        return self.problem


class AttachmentForm(forms.Form):
    """One more file that the sheet names."""

    attachment = UploadField(label=gettext_lazy("添加附件"), required=False)


class NewForm(forms.Form):
    """A form of the provincial office, for any unit that a team supervises."""

    unit = forms.ModelChoiceField(label=gettext_lazy("被督导单位"), queryset=Unit.objects.none())
    phase = forms.ModelChoiceField(label=gettext_lazy("环节"), queryset=Phase.objects.none())
    source = forms.ChoiceField(
        label=gettext_lazy("来源"),
        choices=[(s.value, s.label) for s in (Source.PROVINCIAL, Source.CENTRAL)],
    )
    title = words(gettext_lazy("标题"), 255)
    requirement = words(gettext_lazy("总体整改要求"), 4000, required=False, widget=area())

    def __init__(self, *args: Any, user: User, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit, phase = self.fields["unit"], self.fields["phase"]
        assert isinstance(unit, forms.ModelChoiceField)
        assert isinstance(phase, forms.ModelChoiceField)
        unit.queryset = Unit.objects.visible_to(user).filter(campaign=campaign, team__isnull=False)
        phase.queryset = Phase.objects.filter(campaign=campaign)


class FormFilterForm(forms.Form):
    """Filters of the list; all choices are what the reader may see and cost one query: their units."""

    status = forms.ChoiceField(label=gettext_lazy("状态"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("单位"), required=False)
    team = forms.ChoiceField(label=gettext_lazy("督导组"), required=False)
    phase = forms.ChoiceField(label=gettext_lazy("环节"), required=False)
    source = forms.ChoiceField(label=gettext_lazy("来源"), required=False)
    body = forms.IntegerField(required=False, widget=forms.HiddenInput)  # the figures of a body ask for it
    receipt = forms.ChoiceField(label=gettext_lazy("签收"), required=False)
    q = forms.CharField(label=gettext_lazy("编号、标题或单位"), required=False, max_length=64)

    def __init__(self, *args: Any, user: User, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units = list(Unit.objects.visible_to(user).filter(campaign=campaign).select_related("team"))
        teams = {unit.team_id: unit.team for unit in units if unit.team is not None}
        inside = campaign is not None and supervises(user, campaign)
        self._offer("unit", [(unit.pk, unit) for unit in units])
        self._offer("team", [(team.pk, team) for team in sorted(teams.values(), key=lambda each: each.pk)])
        self._offer("phase", [(row.pk, row) for row in vocabulary_of(campaign.pk).phases] if campaign else [])
        self._offer("source", Source.choices)
        self._offer("receipt", ((key, word) for key, (word, _q) in RECEIPTS.items()))
        self._offer("status", FormStatus.choices if inside else [(each.value, each.label) for each in UNIT_SEES])

    def _offer(self, name: str, rows: Iterable[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部")), *((str(key), str(word)) for key, word in rows)]

    def narrow(self, rows: Any) -> Any:
        """The rows that fit; a filter that cannot be read finds nothing rather than everything."""
        if not self.is_valid():
            return rows.none()
        given = self.cleaned_data
        for name in ("status", "unit", "team", "body", "phase", "source"):
            if given[name]:
                rows = rows.filter(**{name: given[name]})
        if given["receipt"]:
            rows = rows.filter(RECEIPTS[given["receipt"]][1])
        if words := words_of(given["q"]):
            rows = rows.filter(FeedbackForm.words_q(words, self.units))
        return rows


def supervises(user: User, campaign: Campaign) -> bool:
    """Does the reader stand on the supervising side anywhere? Units do not even learn that there are drafts."""
    scope = user.scope
    return bool(campaign.pk in scope.campaigns or scope.bodies or scope.teams)
