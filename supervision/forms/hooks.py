"""Input of a webhook: where to, and which acts by kind of object. Shape only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.core import events, hooks
from supervision.core.models.delivery import DeliveryState
from supervision.core.models.hook import Hook
from supervision.core.transitions import TABLES

PREFIX = "verbs_"


class HookForm(forms.ModelForm):
    """The verbs of each kind of object are a group of boxes of their own."""

    class Meta:
        model = Hook
        fields = ["name", "address"]
        help_texts = {
            "name": gettext_lazy("例如省级督查平台、数据共享交换平台。"),
            "address": gettext_lazy("以https://开头的接收地址。内部网络的地址，要由运维人员在服务器上先放行。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = set(self.instance.verbs)
        for kind, verbs in hooks.offered().items():
            self.fields[PREFIX + kind] = forms.MultipleChoiceField(
                label=_("推送的事项：%(kind)s") % {"kind": TABLES[kind].title},
                choices=[(verb, events.verb(verb).label) for verb in verbs],
                initial=[verb for verb in verbs if verb in held],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )

    def values(self) -> dict[str, Any]:
        """As the service takes them: the verbs in the order in which they are offered."""
        given = self.cleaned_data
        verbs = [verb for kind in hooks.offered() for verb in given[PREFIX + kind]]
        return {"name": given["name"], "address": given["address"], "verbs": verbs}

    def field_of(self, condition: str) -> str | None:
        """Beside which field a condition of the service is shown."""
        if condition == "verbs":
            return next(name for name in self.fields if name.startswith(PREFIX))
        return condition if condition in self.fields else None


class HookLogForm(forms.Form):
    """Which pushes: by state."""

    state = forms.ChoiceField(
        label=gettext_lazy("状态"), required=False, choices=[("", gettext_lazy("全部")), *DeliveryState.choices]
    )
