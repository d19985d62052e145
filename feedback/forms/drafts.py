"""Drafting a feedback form: its head, its problems, the office's new form, the filters of the list."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from feedback.deadlines import full_day, working_days_text
from feedback.enums import FormStatus, NeedToKnow
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.models.form import UNIT_SEES
from supervision.core.web import date_input
from supervision.enums import Nature, Source
from supervision.models.campaign import Campaign, Phase
from supervision.models.organisation import Unit
from supervision.models.vocabulary import Category, DeadlineRule, Severity
from supervision.vocabulary import vocabulary_of

DEADLINE = ("deadline_rule", "typed_due_on", "long_term")


def area(rows: int = 4) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class HeadForm(forms.Form):
    """Title, general requirement and need-to-know scope of a draft."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=255)
    requirement = forms.CharField(label=gettext_lazy("总体整改要求"), required=False, max_length=4000, widget=area())
    need_to_know = forms.ChoiceField(
        label=gettext_lazy("知悉范围"), choices=NeedToKnow.choices, help_text=gettext_lazy("涉密内容不得进入本系统。")
    )


class ProblemForm(forms.Form):
    """One problem of a draft. Choices are the campaign's own rows."""

    title = forms.CharField(label=gettext_lazy("反馈问题"), max_length=255)
    category = forms.ModelChoiceField(label=gettext_lazy("问题类别"), queryset=Category.objects.none())
    severity = forms.ModelChoiceField(label=gettext_lazy("严重程度"), queryset=Severity.objects.none())
    nature = forms.ChoiceField(label=gettext_lazy("性质"), choices=Nature.choices)
    fact = forms.CharField(label=gettext_lazy("具体表现"), required=False, max_length=4000, widget=area())
    basis = forms.CharField(label=gettext_lazy("依据"), required=False, max_length=2000, widget=area(2))
    requirement = forms.CharField(label=gettext_lazy("整改要求"), required=False, max_length=4000, widget=area(3))
    deadline_rule = forms.ModelChoiceField(
        label=gettext_lazy("整改时限"),
        queryset=DeadlineRule.objects.none(),
        required=False,
        empty_label=gettext_lazy("指定日期"),
    )
    typed_due_on = forms.DateField(
        label=gettext_lazy("指定日期"),
        required=False,
        help_text=gettext_lazy("填写后不再按规则计算。"),
        widget=date_input(),
    )
    long_term = forms.BooleanField(label=gettext_lazy("长期坚持"), required=False)

    def __init__(self, *args: Any, campaign: Campaign, on: date, problem: FeedbackProblem | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.on, self.vocabulary = on, vocabulary_of(campaign.pk)
        rows = {
            "category": Category.objects.filter(campaign=campaign),
            "severity": Severity.objects.filter(campaign=campaign),
            "deadline_rule": DeadlineRule.objects.filter(campaign=campaign, for_problems=True),
        }
        for name, queryset in rows.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset
        if problem is not None and problem.mended_on_spot:
            for name in DEADLINE:
                del self.fields[name]
        elif problem is not None and problem.typed_due_on:
            self.fields["typed_due_on"].help_text = self.distance_to(problem.typed_due_on)

    def distance_to(self, day: date) -> str:
        """What the typed date amounts to: “12月1日 = 8个工作日（自今天起）”."""
        words = {"day": full_day(day), "count": working_days_text(day, self.on, self.vocabulary)}
        return _("%(day)s %(count)s（自今天起）。填写后不再按规则计算。") % words

    def clean_typed_due_on(self) -> date | None:
        day: date | None = self.cleaned_data["typed_due_on"]
        if day is None:
            return None
        if day < self.on:
            raise forms.ValidationError(_("指定的整改时限不得早于今天。"))
        self.fields["typed_due_on"].help_text = self.distance_to(day)
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wanted = "deadline_rule" in self.fields and not self.errors
        if wanted and not cleaned.get("deadline_rule") and not cleaned.get("typed_due_on"):
            self.add_error("deadline_rule", _("请选择整改时限，或填写指定日期。"))
        return cleaned


class NewForm(forms.Form):
    """A form of the provincial office, for any unit that a team supervises."""

    unit = forms.ModelChoiceField(label=gettext_lazy("被督导单位"), queryset=Unit.objects.none())
    phase = forms.ModelChoiceField(label=gettext_lazy("环节"), queryset=Phase.objects.none())
    source = forms.ChoiceField(
        label=gettext_lazy("来源"),
        choices=[(s.value, s.label) for s in (Source.PROVINCIAL, Source.CENTRAL)],
    )
    title = forms.CharField(label=gettext_lazy("标题"), max_length=255)
    requirement = forms.CharField(label=gettext_lazy("总体整改要求"), required=False, max_length=4000, widget=area())

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
    q = forms.CharField(label=gettext_lazy("编号、标题或单位"), required=False, max_length=64)

    def __init__(self, *args: Any, user: User, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = list(Unit.objects.visible_to(user).filter(campaign=campaign).select_related("team"))
        teams = {unit.team_id: unit.team for unit in units if unit.team is not None}
        inside = campaign is not None and supervises(user, campaign)
        self._offer("unit", [(unit.pk, unit) for unit in units])
        self._offer("team", [(team.pk, team) for team in sorted(teams.values(), key=lambda each: each.pk)])
        self._offer("phase", [(row.pk, row) for row in vocabulary_of(campaign.pk).phases] if campaign else [])
        self._offer("source", Source.choices)
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
        for name in ("status", "unit", "team", "phase", "source"):
            if given[name]:
                rows = rows.filter(**{name: given[name]})
        if words := given["q"].strip():
            rows = rows.filter(FeedbackForm.words_q(words))
        return rows


def supervises(user: User, campaign: Campaign) -> bool:
    """Does the reader stand on the supervising side anywhere? Units do not even learn that there are drafts."""
    scope = user.scope
    return bool(campaign.pk in scope.campaigns or scope.bodies or scope.teams)
