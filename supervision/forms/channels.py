"""Input of a way out of the system. Shape only; secrets are never filled in again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from supervision.core.models.channel import Channel
from supervision.models.campaign import Campaign
from supervision.models.organisation import Body, Team

EXAMPLE = '{"mobile": "{phone}", "content": "{text}"}'


class ChannelForm(forms.ModelForm):
    """`place`: whose reminders go there; nothing chosen is the whole campaign."""

    place = forms.ChoiceField(label=gettext_lazy("范围"), required=False)

    class Meta:
        model = Channel
        fields = [
            "kind", "name", "place", "secret", "signing_secret", "address", "template", "success_text", "is_on"
        ]  # fmt: skip
        widgets = {
            "secret": forms.PasswordInput(attrs={"autocomplete": "off"}),
            "signing_secret": forms.PasswordInput(attrs={"autocomplete": "off"}),
            "template": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {
            "secret": gettext_lazy("群机器人地址里key、access_token或者hook后面的一串。保存后不再显示，不改就留空。"),
            "signing_secret": gettext_lazy("只有钉钉的“加签”用到，可不填。"),
            "address": gettext_lazy("网关必填，可用{secret}代替密钥。群机器人不填就发往公有云，自建的填到密钥之前。"),
            "template": gettext_lazy(
                "只有网关用到。{phone}换成电话，{text}换成内容，{secret}换成密钥。以花括号开头的按JSON发，其余按表单发。"
            ),
            "success_text": gettext_lazy("只有网关用到，例如短信平台的成功代码；不填的只看HTTP状态。"),
        }

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        bodies = Body.objects.filter(campaign=campaign).values_list("pk", "name")
        teams = Team.objects.filter(campaign=campaign).values_list("pk", "name")
        place.choices = [
            ("", _("整个专项活动")),
            *((f"body-{pk}", name) for pk, name in bodies),
            *((f"team-{pk}", name) for pk, name in teams),
        ]
        self.fields["template"].widget.attrs["placeholder"] = EXAMPLE
        row = self.instance
        if row.pk:
            self.fields["place"].initial = _place_of(row)

    def values(self) -> dict[str, Any]:
        """As the service takes them."""
        found = dict(self.cleaned_data)
        kind, _sep, pk = found.pop("place").partition("-")
        return {**found, "body_id": int(pk) if kind == "body" else None, "team_id": int(pk) if kind == "team" else None}


def _place_of(row: Channel) -> str:
    if row.team_id:
        return f"team-{row.team_id}"
    return f"body-{row.body_id}" if row.body_id else ""
