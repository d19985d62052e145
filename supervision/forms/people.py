"""Input of appointments and delegations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import CharField, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.roles import OBJECT_OF, Role
from supervision.core.web import UploadField
from supervision.enums import DelegationScope
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body, Team, Unit
from supervision.services.delegations import leadership_of

APPOINTED = (
    Role.OFFICE, Role.OFFICE_LEAD, Role.BODY_OFFICE, Role.SPONSOR, Role.LEADER, Role.DEPUTY, Role.MEMBER,
    Role.HEAD, Role.LIAISON, Role.LEADERSHIP,
)  # fmt: skip
_MODELS: dict[str, Any] = {"campaign": Campaign, "body": Body, "team": Team, "unit": Unit}
DATE = {"type": "date"}
CHOOSE = ("", gettext_lazy("请选择"))  # nobody is given the first role of a list by one hasty click


class PeopleFilterForm(forms.Form):
    """By words, and by where the person has a role today."""

    q = forms.CharField(label=gettext_lazy("姓名或用户名"), required=False, max_length=80)
    place = forms.ChoiceField(label=gettext_lazy("督导组或单位"), required=False)
    free = forms.BooleanField(label=gettext_lazy("只看还没有角色的"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.order_by().values_list(Value("team", CharField()), "pk", "name")
        units = Unit.objects.order_by().values_list(Value("unit", CharField()), "pk", "name")
        groups: dict[str, list[tuple[str, str]]] = {"team": [], "unit": []}
        for kind, pk, name in teams.union(units, all=True).order_by("pk"):
            groups[kind].append((f"{kind}:{pk}", name))
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        place.choices = [("", _("全部")), (_("督导组"), groups["team"]), (_("被督导单位"), groups["unit"])]


class NameForm(forms.Form):
    """The name of a team or of a unit."""

    name = forms.CharField(label=gettext_lazy("名称"), max_length=128, help_text=gettext_lazy("用规范的全称。"))


class UnitForm(NameForm):
    """A new unit of a team."""

    parent = forms.ModelChoiceField(
        label=gettext_lazy("上级单位"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=gettext_lazy("没有上级单位"),
        help_text=gettext_lazy("选了以后，上级单位能看到它。"),
    )
    is_remote = forms.BooleanField(label=gettext_lazy("远程单位（定时汇报）"), required=False)

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent = self.fields["parent"]
        assert isinstance(parent, forms.ModelChoiceField)
        parent.queryset = Unit.objects.filter(team=team)


class SuccessorForm(forms.Form):
    """Who takes over, if anybody: by user name, as the list shows it."""

    successor = forms.CharField(
        label=gettext_lazy("接任人的用户名"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("填写的，同时把这个角色授予接任人；不填，只撤销。"),
    )

    def clean_successor(self) -> User | None:
        typed = self.cleaned_data["successor"].strip()
        if not typed:
            return None
        found = User.objects.filter(username__iexact=typed, administrator="", is_active=True).first()
        if found is None:
            raise forms.ValidationError(_("没有这个用户名，或者账号已停用。"))
        return found


class AbsenceForm(forms.Form):
    absent_from = forms.DateField(
        label=gettext_lazy("离岗自"),
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=gettext_lazy("已返岗的，两项都清空。"),
    )
    absent_until = forms.DateField(
        label=gettext_lazy("离岗至"),
        required=False,
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
        help_text=gettext_lazy("不填，直到登记返岗为止。"),
    )


class DirectoryFilterForm(forms.Form):
    """Which part of the directory, and whom."""

    part = forms.CharField(required=False, widget=forms.HiddenInput)
    q = forms.CharField(label=gettext_lazy("姓名、职务、电话或单位"), required=False, max_length=80)


class AppointForm(forms.Form):
    """A role and the one campaign, body, team or unit on which it is held."""

    role = forms.ChoiceField(label=gettext_lazy("角色"), choices=[CHOOSE, *((r.value, r.label) for r in APPOINTED)])
    target = forms.ChoiceField(label=gettext_lazy("所在"), help_text=gettext_lazy("角色须与所在机构相符。"))
    starts_on = forms.DateField(label=gettext_lazy("自"), required=False, widget=forms.DateInput(attrs=DATE))
    ends_on = forms.DateField(label=gettext_lazy("至"), required=False, widget=forms.DateInput(attrs=DATE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        target = self.fields["target"]
        assert isinstance(target, forms.ChoiceField)
        target.choices = [
            CHOOSE,
            *(
                (str(model._meta.verbose_name), [(f"{kind}:{row.pk}", str(row)) for row in model.objects.all()])
                for kind, model in _MODELS.items()
            ),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind, _sep, pk = cleaned.get("target", "").partition(":")
        role = cleaned.get("role")
        if role and kind and OBJECT_OF[role] != kind:
            expected = _MODELS[OBJECT_OF[role]]._meta.verbose_name
            self.add_error("target", _("“%(role)s”须选择一个%(kind)s。") % {"role": Role(role).label, "kind": expected})
        elif kind:
            cleaned["object"] = _MODELS[kind].objects.get(pk=pk)
        if cleaned.get("starts_on") and cleaned.get("ends_on") and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", _("结束日期不能早于开始日期。"))
        return cleaned


class DelegationForm(forms.Form):
    """To whom, for what, how long. Choices are the unit's own leadership."""

    delegate = forms.ModelChoiceField(label=gettext_lazy("受托人"), queryset=User.objects.none())
    scope = forms.ChoiceField(label=gettext_lazy("委托事项"), choices=DelegationScope.choices)
    valid_from = forms.DateField(label=gettext_lazy("自"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    valid_until = forms.DateField(label=gettext_lazy("至"), widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    letter = UploadField(
        label=gettext_lazy("委托书扫描件"), required=False, help_text=gettext_lazy("由联络员代为录入时必须上传。")
    )

    def __init__(self, *args: Any, unit: Unit, on: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        delegate = self.fields["delegate"]
        assert isinstance(delegate, forms.ModelChoiceField)
        delegate.queryset = User.objects.filter(pk__in=[user.pk for user in leadership_of(unit, on)])
        self.fields["valid_from"].initial = on
