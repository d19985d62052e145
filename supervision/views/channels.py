"""Ways out of the system: robots, gateways, and the text to copy where no channel leads out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from supervision.core import parts
from supervision.core.models.channel import Channel
from supervision.core.refusals import Unmet
from supervision.forms.channels import ChannelForm
from supervision.models.organisation import Body, Team
from supervision.services import summaries
from supervision.services.settings import channels
from supervision.views.settings import SettingsView
from supervision.vocabulary import vocabulary_of


class ChannelsView(SettingsView):
    """All channels of the campaign, and today's summary to be copied."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        names = {("team", row): name for row, name in Team.objects.filter(campaign_id=pk).values_list("pk", "name")}
        names |= {("body", row): name for row, name in Body.objects.filter(campaign_id=pk).values_list("pk", "name")}
        rows = [
            {
                "channel": each,
                "place": names.get(_key(each), _("整个专项活动")),
                "url": self.url("channel", each.pk),
                "test_url": self.url("channel-test", each.pk),
            }
            for each in Channel.objects.filter(campaign_id=pk)
        ]
        new = parts.Move(_("新增渠道"), self.url("channel-new"), primary=True)
        context = {
            **self.base(),
            "crumbs": self.crumbs((_("发送渠道"), "")),
            "rows": rows,
            "moves": [new] if self.is_open else [],
            "text": summaries.summary(vocabulary_of(pk), self.on),
        }
        return render(request, "supervision/channels.html", context)


def _key(channel: Channel) -> tuple[str, int]:
    return ("team", channel.team_id) if channel.team_id else ("body", channel.body_id or 0)


class ChannelView(SettingsView):
    """A new channel, or one to be changed."""

    changes = True

    def get(self, request: HttpRequest, pk: int, row: int | None = None) -> HttpResponse:
        return self._show(request, ChannelForm(instance=self._row(row), campaign=self.campaign))

    def post(self, request: HttpRequest, pk: int, row: int | None = None) -> HttpResponse:
        form = ChannelForm(request.POST, instance=self._row(row), campaign=self.campaign)
        if not form.is_valid():
            return self._show(request, form, status=400)
        user: Any = request.user
        try:
            channels.save_channel(campaign_id=pk, pk=row, values=form.values(), actor=user, at=self.now)
        except Unmet as refusal:
            for each in refusal.conditions:
                form.add_error(each.name if each.name in form.fields else None, str(each.sentence))
            return self._show(request, form, status=refusal.status)
        messages.success(request, _("已保存。请点“试发”，看看能不能收到。"))
        return redirect(self.url("channels"))

    def _row(self, row: int | None) -> Channel | None:
        return get_object_or_404(Channel, campaign_id=self.campaign.pk, pk=row) if row else None

    def _show(self, request: HttpRequest, form: ChannelForm, status: int = 200) -> HttpResponse:
        title = _("修改渠道") if form.instance.pk else _("新增渠道")
        context = {
            "title": title,
            "form": form,
            "cancel_url": self.url("channels"),
            "crumbs": self.crumbs((_("发送渠道"), self.url("channels")), (title, "")),
        }
        return render(request, "components/form_page.html", context, status=status)


class ChannelTestView(SettingsView):
    """A test message at once, with what the other side answered."""

    changes = True

    def post(self, request: HttpRequest, pk: int, row: int) -> HttpResponse:
        channel = get_object_or_404(Channel, campaign_id=pk, pk=row)
        assert isinstance(request.user, User)
        fault = channels.try_channel(channel=channel, actor=request.user, at=self.now)
        if fault:
            messages.error(request, _("没有发出去：%(fault)s") % {"fault": fault})
        else:
            messages.success(request, _("测试消息已发出，请到那边看看。"))
        return redirect(self.url("channels"))
