"""A way out of the system besides e-mail: a group robot or an HTTP gateway, set up by the office."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelKind(models.TextChoices):
    WECOM = "wecom", _("企业微信群机器人")
    DINGTALK = "dingtalk", _("钉钉群机器人")
    FEISHU = "feishu", _("飞书群机器人")
    GATEWAY = "gateway", _("HTTP网关（短信平台）")


class Channel(models.Model):
    """A robot tells its group one summary a day; a gateway tells each person with a telephone.

    `body_id` and `team_id` narrow what a group is told; both empty: the whole campaign. `secret` is never shown again.
    """

    campaign_id = models.BigIntegerField()
    body_id = models.BigIntegerField(_("督导主体"), null=True)
    team_id = models.BigIntegerField(_("督导组"), null=True)
    kind = models.CharField(_("种类"), max_length=16, choices=ChannelKind)
    name = models.CharField(_("名称"), max_length=64)
    address = models.CharField(_("地址"), max_length=500, blank=True)
    secret = models.CharField(_("密钥"), max_length=255, blank=True)
    signing_secret = models.CharField(_("加签密钥"), max_length=255, blank=True)
    template = models.TextField(_("发送内容的模板"), blank=True)
    success_text = models.CharField(_("发送成功时回应里含有"), max_length=64, blank=True)
    is_on = models.BooleanField(_("启用"), default=True)

    class Meta:
        verbose_name = _("发送渠道")
        ordering = ["pk"]
        indexes = [models.Index(name="channel_by_campaign", fields=["campaign_id"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_group(self) -> bool:
        return self.kind != ChannelKind.GATEWAY
