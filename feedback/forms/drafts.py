"""Drafting a feedback form: its head, its problems, the office's new form, the filters of the list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feedback.enums import FormStatus, NeedToKnow
from feedback.models import FeedbackForm
from supervision.enums import Nature, Source
from supervision.models.campaign import Campaign, Phase
from supervision.models.organisation import Team, Unit
from supervision.models.vocabulary import Category, DeadlineRule, Severity


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
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    long_term = forms.BooleanField(label=gettext_lazy("长期坚持"), required=False)

    def __init__(self, *args: Any, campaign_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = {
            "category": Category.objects.filter(campaign_id=campaign_id),
            "severity": Severity.objects.filter(campaign_id=campaign_id),
            "deadline_rule": DeadlineRule.objects.filter(campaign_id=campaign_id, for_problems=True),
        }
        for name, queryset in rows.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("deadline_rule") and not cleaned.get("typed_due_on") and not self.errors:
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

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit, phase = self.fields["unit"], self.fields["phase"]
        assert isinstance(unit, forms.ModelChoiceField)
        assert isinstance(phase, forms.ModelChoiceField)
        unit.queryset = Unit.objects.filter(campaign=campaign, team__isnull=False)
        phase.queryset = Phase.objects.filter(campaign=campaign)


class FormFilterForm(forms.Form):
    """Filters of the list; all choices are what the reader may see."""

    status = forms.ChoiceField(
        label=gettext_lazy("状态"), choices=[("", gettext_lazy("全部")), *FormStatus.choices], required=False
    )
    unit = forms.ModelChoiceField(label=gettext_lazy("单位"), queryset=Unit.objects.none(), required=False)
    team = forms.ModelChoiceField(label=gettext_lazy("督导组"), queryset=Team.objects.none(), required=False)
    phase = forms.ModelChoiceField(label=gettext_lazy("环节"), queryset=Phase.objects.none(), required=False)
    source = forms.ChoiceField(
        label=gettext_lazy("来源"), choices=[("", gettext_lazy("全部")), *Source.choices], required=False
    )
    q = forms.CharField(label=gettext_lazy("编号、标题或单位"), required=False, max_length=64)

    def __init__(self, *args: Any, user: Any, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.visible_to(user).filter(campaign=campaign)
        rows = {
            "unit": units,
            "team": Team.objects.filter(campaign=campaign, pk__in=units.order_by().values("team_id")),
            "phase": Phase.objects.filter(campaign=campaign),
        }
        for name, queryset in rows.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset

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
