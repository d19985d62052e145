"""A new token, as its person asks for it."""

from django import forms
from django.utils.translation import gettext_lazy as _

READ, WRITE = "read", "write"


class TokenForm(forms.Form):
    name = forms.CharField(label=_("用途"), max_length=64, help_text=_("例如：台账同步到本单位办公系统。"))
    access = forms.ChoiceField(
        label=_("可以做什么"),
        choices=[(READ, _("只查阅")), (WRITE, _("查阅和办理（以您本人的名义）"))],
        initial=READ,
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label=_("有效期"),
        choices=[(7, _("7天")), (30, _("30天")), (90, _("90天")), (365, _("一年"))],
        coerce=int,
        initial=90,
    )
