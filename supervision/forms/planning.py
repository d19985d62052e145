"""The form that registers a visit: one to come, or one already made 补录. Shape only, no rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from supervision import rules
from supervision.core.refusals import Sentence
from supervision.core.web import date_input
from supervision.enums import MethodKind
from supervision.models.campaign import Campaign, Phase
from supervision.models.organisation import Unit
from supervision.models.people import TeamMembership
from supervision.models.vocabulary import Focus, Method, offered
from supervision.vocabulary import vocabulary_of

KIND_HELP = {
    MethodKind.ACT: _("到现场做的事，报送前要有记录。"),
    MethodKind.MANNER: _("怎样组织这次督导，勾选即可。"),
    MethodKind.FOLLOW_UP: _("检查之后由反馈单、督办、核验落实。"),
}


@dataclass(frozen=True)
class MethodGroup:
    """The methods of one kind as check boxes."""

    label: Sentence
    help: Sentence
    boxes: tuple[Any, ...]


@dataclass(frozen=True)
class FocusBox:
    """A focus as a check box, with the points that it brings."""

    box: Any
    points: tuple[tuple[str, str], ...]  # the point, and the phase that alone asks it


class UnitChoiceIterator(forms.models.ModelChoiceIterator):
    """Units under their teams, when there is more than one team."""

    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        units = list(self.queryset)
        groups = [(team, list(rows)) for team, rows in groupby(units, key=lambda unit: unit.team)]
        for team, rows in groups:
            choices = [self.choice(unit) for unit in rows]
            if len(groups) > 1:
                yield (str(team), choices)
            else:
                yield from choices


class UnitChoiceField(forms.ModelChoiceField):
    iterator = UnitChoiceIterator


class PersonChoiceField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.post}）" if obj.post else str(obj.name)


class PlanForm(forms.Form):
    """A visit to a unit of the reader's own teams; every choice belongs to the reader's campaign and bodies."""

    unit = UnitChoiceField(label=_("被督导单位"), queryset=Unit.objects.none(), empty_label=_("请选择"))
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
    present = PersonChoiceField(
        label=_("参加成员"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("可以先不选；开始检查时再确认，到场不少于两人。"),
    )
    purpose = forms.CharField(
        label=_("督导内容"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    confirm_duplicate = forms.BooleanField(label=_("确需在同一天再登记一次"), required=False)

    def __init__(self, *args: Any, user: User, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        teams = user.scope.ids(*rules.TEAM_PEOPLE)
        units = Unit.objects.filter(campaign=campaign, team_id__in=teams)
        bodies = units.order_by().values("body_id")
        methods = offered(Method.objects.filter(campaign=campaign))
        members = TeamMembership.objects.filter(
            team_id__in=teams, team__campaign=campaign, role__in=rules.TEAM_PEOPLE
        ).exclude(ends_on__lt=campaign.day_of(timezone.now()))
        people = User.objects.filter(pk__in=members.values("user_id"), is_active=True)
        self._choose("unit", units.select_related("team").order_by("team_id", "order", "pk"))
        self._choose("phase", Phase.objects.filter(campaign=campaign))
        self._choose("foci", offered(Focus.objects.filter(campaign=campaign)))
        self._choose("methods", methods.filter(Q(body__in=bodies) | Q(body__isnull=True)))
        self._choose("present", people.order_by("pk"))

    def _choose(self, name: str, queryset: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = queryset

    @property
    def method_groups(self) -> list[MethodGroup]:
        """The methods by kind; each box carries its row."""
        boxes = list(self["methods"])
        return [
            MethodGroup(kind.label, KIND_HELP[kind], found)
            for kind in MethodKind
            if (found := tuple(box for box in boxes if box.data["value"].instance.kind == kind))
        ]

    @property
    def focus_boxes(self) -> list[FocusBox]:
        """The foci with their checklists; a point of one phase alone names it."""
        vocabulary = vocabulary_of(self.campaign.pk)
        points = {focus.pk: tuple(focus.points.all()) for focus in vocabulary.foci}
        phases = {phase.pk: phase.name for phase in vocabulary.phases}
        return [
            FocusBox(
                box,
                tuple((point.text, phases.get(point.phase_id or 0, "")) for point in points.get(_row(box).pk, ())),
            )
            for box in self["foci"]
        ]

    def inputs(self) -> dict[str, Any]:
        """Keyword arguments for the service."""
        return {**self.cleaned_data, "is_unannounced": bool(self.cleaned_data["is_unannounced"])}

    @property
    def day_field(self) -> Any:
        return self["planned_on"]

    @property
    def asks_duplicate(self) -> bool:
        """Shown only once the service has found another visit on that day."""
        return "confirm_duplicate" in self.errors or bool(self.data.get("confirm_duplicate"))


def _row(box: Any) -> Any:
    return box.data["value"].instance


class LateEntryForm(PlanForm):
    """补录: a visit already made."""

    happened_on = forms.DateField(label=_("实际日期"), widget=date_input())
    planned_on = None  # type: ignore[assignment]  # Django's way of dropping an inherited field

    @property
    def day_field(self) -> Any:
        return self["happened_on"]
