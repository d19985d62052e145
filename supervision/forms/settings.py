"""Input of a campaign's settings. Shape only; what a change must respect is the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from supervision.core.models.number import DEFAULT_PATTERN, NumberSeries
from supervision.core.web import date_input
from supervision.enums import LightCondition
from supervision.models.campaign import Campaign
from supervision.models.vocabulary import offered
from supervision.services.settings import general, routes, series
from supervision.services.settings.kinds import LIGHTS, Kind
from supervision.vocabulary import vocabulary_of

HELP: dict[tuple[str, str], Any] = {
    ("deadlines", "amount"): gettext_lazy("1至1000。自然日和月不跳过节假日。"),
    ("deadlines", "counts_from"): gettext_lazy("从这一天的次日算起。未按期签收的，从签收期限的最后一天起算。"),
    ("severities", "is_key"): gettext_lazy("勾选后，这样的问题走“重点”的审批路径。"),
    ("points", "phase"): gettext_lazy("不选，各环节都问。"),
    ("methods", "body"): gettext_lazy("不选，各督导主体都用。"),
    ("methods", "kind"): gettext_lazy("行为要有检查记录；方式只需勾选；跟进由反馈单、督办、核验体现。"),
    ("lights", "fraction"): gettext_lazy("例如填3：剩余时间不到给定时间的三分之一。两项都填的，须同时满足。"),
    ("rungs", "days"): gettext_lazy("0表示到期当天，选“之前”。"),
    ("rungs", "is_urgent"): gettext_lazy("勾选后即时发送；不勾选的并入本人当天的汇总。"),
    ("escalation", "days"): gettext_lazy("从这一天起同时提醒；0表示到期当天。"),
    ("phases", "dates_given"): gettext_lazy("不勾选的，页面上标明“推定”。"),
}
MOST = 1000


class RowForm(forms.ModelForm):
    """Fields of a row; what must hold among rows is judged by the services, in the reader's words."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", _("环节的结束日期早于开始日期。"))
        return cleaned


def row_form(kind: Kind, campaign: Campaign, row: Any, data: Any = None, initial: Any = None) -> forms.ModelForm[Any]:
    """The form of one row of a kind: its model's own fields, choices of this campaign alone."""
    names = kind.fields_of(row)
    dates: dict[str, type[forms.Widget] | forms.Widget] = {name: date_input() for name in names if name.endswith("_on")}
    helps = {name: HELP[kind.code, name] for name in names if (kind.code, name) in HELP}
    factory = forms.modelform_factory(kind.model, form=RowForm, fields=names, widgets=dates, help_texts=helps)
    start = kind.model._default_manager.get(pk=row.pk) if row is not None else kind.model(campaign=campaign)
    form = factory(data, instance=start, initial=initial)
    for name, field in form.fields.items():
        _fit(field, name, campaign, row)
    if kind is LIGHTS and row is None:
        _offer_missing_conditions(form, campaign)
    return form


def _fit(field: forms.Field, name: str, campaign: Campaign, row: Any) -> None:
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        field.queryset = field.queryset.filter(campaign=campaign)
        if name == "focus":
            field.queryset = offered(field.queryset, keeping=getattr(row, "focus_id", None))
        field.empty_label = {"phase": _("各环节"), "body": _("各督导主体"), "focus": _("不归入")}.get(name)
    if isinstance(field, forms.IntegerField):
        field.max_value = MOST
        field.widget.attrs |= {"min": 0 if name == "days" else 1, "max": MOST}
        field.validators.append(forms.IntegerField(max_value=MOST).validators[0])


def _offer_missing_conditions(form: forms.ModelForm[Any], campaign: Campaign) -> None:
    there = {row.condition for row in LIGHTS.rows(campaign.pk)}
    field = form.fields["condition"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [choice for choice in LightCondition.choices if choice[0] not in there]


class RouteForm(forms.Form):
    """One to three steps; an empty step is none."""

    def __init__(self, *args: Any, campaign: Campaign, case: routes.Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        word = vocabulary_of(campaign.pk).role_word
        steps = routes.steps_of(campaign.pk, case)
        choices = [("", _("没有这一步")), *((role.value, word(role)) for role in routes.ROLES)]
        for number in range(1, routes.MOST + 1):
            self.fields[f"step_{number}"] = forms.ChoiceField(
                label=_("第%(number)d步") % {"number": number},
                choices=choices,
                required=False,
                initial=steps[number - 1] if number <= len(steps) else "",
            )
        self.fields["step_1"].help_text = _("最后一个填写的步骤签发，前面的是核稿。")

    @property
    def roles(self) -> tuple[str, ...]:
        return tuple(role for name in self.fields if (role := self.cleaned_data[name]))


class SeriesForm(forms.Form):
    code = forms.ChoiceField(label=gettext_lazy("用于"))
    prefix = forms.CharField(  # type: ignore[assignment]  # Django keeps a form's own `prefix` apart from its fields
        label=gettext_lazy("代字"), max_length=64, help_text=gettext_lazy("例如“晋教督反”。")
    )
    pattern = forms.CharField(
        label=gettext_lazy("编号格式"),
        max_length=64,
        initial=DEFAULT_PATTERN,
        help_text=gettext_lazy("{prefix}处填代字，{year}处填年份，{n}处填顺序号。一般不用改。"),
    )
    next = forms.IntegerField(
        label=gettext_lazy("本年下一个号"),
        min_value=1,
        max_value=100_000,
        initial=1,
        help_text=gettext_lazy("只在本年还没有编过号时可以改，例如接着纸质登记簿往下编。"),
    )

    def __init__(self, *args: Any, campaign: Campaign, row: NumberSeries | None, year: int, **kwargs: Any) -> None:
        if row is not None:
            following = series.last_of(row, year) + 1
            kwargs.setdefault("initial", {"prefix": row.prefix, "pattern": row.pattern, "next": following})
        super().__init__(*args, **kwargs)
        if row is not None:
            del self.fields["code"]
            return
        code = self.fields["code"]
        assert isinstance(code, forms.ChoiceField)
        code.choices = series.codes_left(campaign)


class GeneralForm(forms.ModelForm):
    class Meta:
        model = Campaign
        fields = general.FIELDS
        help_texts = {
            "short_name": gettext_lazy("页面顶端显示，不超过12个字为宜。"),
            "promise": gettext_lazy("显示在专项活动页的标题下面。"),
            "day_ends_at": gettext_lazy("1至24。24表示半夜12点；例如17表示下午5点以后算次日。"),
            "remind_from": gettext_lazy("0至23。早于这个时刻和休息日都不发到期提醒。"),
            "mail_timing": gettext_lazy("本人可以少收，不能多收。邮件里只有编号和时限，没有问题的内容。"),
            "talks_kept_offline": gettext_lazy("不勾选时，谈话记录只有连上服务器才能保存。"),
            "paper_days_back": gettext_lazy("纸面日期最多可以早于登记日几个工作日。"),
        }


class WordsForm(forms.Form):
    """The campaign's own word for each role; empty: the standard word."""

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in Role:
            self.fields[role.value] = forms.CharField(
                label=role.label,
                max_length=32,
                required=False,
                initial=campaign.role_words.get(role.value, ""),
                widget=forms.TextInput(attrs={"placeholder": role.label}),
            )
