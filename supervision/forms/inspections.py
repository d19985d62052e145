"""Forms of an inspection's life: registering it, its moves, the filters of the list. Shape only, no rule."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision import guards, rules
from supervision.core.web import MoveForm, NoteForm, date_input
from supervision.enums import InspectionStatus, Outcome
from supervision.models.campaign import Campaign, Phase
from supervision.models.organisation import Unit
from supervision.models.vocabulary import Focus, Method
from supervision.vocabulary import vocabulary_of


class PlanForm(forms.Form):
    """A visit to a unit of the reader's own teams; every choice belongs to the reader's campaign and bodies."""

    unit = forms.ModelChoiceField(label=_("被督导单位"), queryset=Unit.objects.none())
    planned_on = forms.DateField(label=_("计划日期"), widget=date_input())
    phase = forms.ModelChoiceField(label=_("环节"), queryset=Phase.objects.none())
    is_unannounced = forms.TypedChoiceField(
        label=_("检查形式"),
        choices=[("", _("明查（提前告知单位）")), ("1", _("暗访（开始前单位看不到）"))],
        coerce=bool,
        empty_value="",
        required=False,
        widget=forms.RadioSelect,
    )
    is_onsite = forms.BooleanField(label=_("下沉到单位现场"), required=False, initial=True)
    foci = forms.ModelMultipleChoiceField(
        label=_("督导重点"), queryset=Focus.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    methods = forms.ModelMultipleChoiceField(
        label=_("督导方法"), queryset=Method.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.CharField(
        label=_("督导内容"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    confirm_duplicate = forms.BooleanField(label=_("确需在同一天再登记一次"), required=False)

    def __init__(self, *args: Any, user: User, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = user.scope.ids(*rules.TEAM_PEOPLE)
        units = Unit.objects.filter(campaign=campaign, team_id__in=teams)
        bodies = units.order_by().values("body_id")
        of_body = Method.objects.filter(campaign=campaign, body__in=bodies)
        self._choose("unit", units.select_related("team"))
        self._choose("phase", Phase.objects.filter(campaign=campaign))
        self._choose("foci", Focus.objects.filter(campaign=campaign))
        self._choose("methods", (of_body | Method.objects.filter(campaign=campaign, body__isnull=True)).distinct())

    def _choose(self, name: str, queryset: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queryset

    def inputs(self) -> dict[str, Any]:
        """Keyword arguments for the service."""
        return {**self.cleaned_data, "is_unannounced": bool(self.cleaned_data["is_unannounced"])}

    @property
    def asks_duplicate(self) -> bool:
        """Shown only once the service has found another visit on that day."""
        return "confirm_duplicate" in self.errors or bool(self.data.get("confirm_duplicate"))


class LateEntryForm(PlanForm):
    """补录: a visit already made."""

    happened_on = forms.DateField(label=_("实际日期"), widget=date_input())
    planned_on = None  # type: ignore[assignment]  # Django's way of dropping an inherited field


class StartForm(MoveForm):
    present = forms.ModelMultipleChoiceField(
        label=_("到场成员（不少于两人）"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = guards.members_on(self.subject, self.subject.on).values("user_id")
        field = self.fields["present"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = User.objects.filter(pk__in=members, is_active=True)


class ConcludeForm(MoveForm):
    outcome = forms.ChoiceField(
        label=_("督导结果"),
        choices=[(each.value, each.label) for each in (Outcome.FEEDBACK, Outcome.NONE_FOUND)],
        widget=forms.RadioSelect,
        help_text=_("有问题的，审定后自动生成反馈单草稿，问题一并带入。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.subject.problems.exists()
        self.fields["outcome"].initial = Outcome.FEEDBACK if found else Outcome.NONE_FOUND


class PostponeForm(NoteForm):
    planned_on = forms.DateField(label=_("新的日期"), widget=date_input())


class ResumeForm(MoveForm):
    planned_on = forms.DateField(label=_("检查日期"), widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["planned_on"].initial = self.subject.planned_on


class InspectionFilterForm(forms.Form):
    """What the list can be narrowed by; nothing is required. Choices cost one query: the units the reader sees."""

    q = forms.CharField(label=_("单位名称"), required=False, max_length=64)
    status = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *InspectionStatus.choices])
    unit = forms.ChoiceField(label=_("单位"), required=False)
    team = forms.ChoiceField(label=_("督导组"), required=False)
    phase = forms.ChoiceField(label=_("环节"), required=False)
    since = forms.DateField(label=_("自"), required=False, widget=date_input())
    until = forms.DateField(label=_("至"), required=False, widget=date_input())

    def __init__(self, *args: Any, user: User, campaign: Campaign | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = list(Unit.objects.visible_to(user).filter(campaign=campaign).select_related("team"))
        teams = {unit.team_id: unit.team for unit in units if unit.team is not None}
        phases = vocabulary_of(campaign.pk).phases if campaign else ()
        self._offer("unit", units)
        self._offer("team", sorted(teams.values(), key=lambda team: (team.body_id, team.order, team.pk)))
        self._offer("phase", phases)

    def _offer(self, name: str, rows: Iterable[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部")), *((str(row.pk), str(row)) for row in rows)]
