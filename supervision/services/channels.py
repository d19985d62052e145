"""Robots by apprise, gateways by a template: what goes out there, and how."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import apprise
import requests
from apprise.plugins import dingtalk, feishu, wecombot
from django.utils.translation import gettext as _

from supervision.core import outbound
from supervision.core.models.channel import Channel, ChannelKind
from supervision.core.outbound import AddressRefusedError

TIMEOUT = 10
SUCCESS = 2  # of a status, its first digit
ANSWER_SHOWN = 200
PLACES = ("{phone}", "{text}", "{secret}")

# apprise's robots call `requests.post` by the name of its module; here they go out by the one checked way.
for _robots in (wecombot, dingtalk, feishu):
    _robots.requests = SimpleNamespace(  # type: ignore[attr-defined]
        post=outbound.post, codes=requests.codes, RequestException=requests.RequestException
    )


class NotSentError(Exception):
    """The other side did not take it; the text says what it answered."""


def send(channel: Channel, text: str, phone: str = "") -> None:
    """One message out. Raises NotSentError or AddressRefusedError."""
    if channel.kind == ChannelKind.GATEWAY:
        _by_gateway(channel, text, phone)
    else:
        _by_robot(channel, text)


def _by_robot(channel: Channel, text: str) -> None:
    robot = _robot(channel)
    with apprise.LogCapture(level=apprise.logging.WARNING) as told:
        if not robot.notify(body=text):
            raise NotSentError(told.getvalue().strip()[-ANSWER_SHOWN:] or _("群机器人没有接收。"))


def _robot(channel: Channel) -> Any:
    """apprise's robot; `address` leads it to a deployment of one's own instead of the public service."""
    key, sign = quote(channel.secret, safe=""), quote(channel.signing_secret, safe="")
    urls = {
        ChannelKind.WECOM: f"wecombot://{key}",
        ChannelKind.DINGTALK: f"dingtalk://{sign}@{key}" if sign else f"dingtalk://{key}",
        ChannelKind.FEISHU: f"feishu://{key}",
    }
    robot: Any = apprise.Apprise.instantiate(urls[ChannelKind(channel.kind)])
    if robot is None:
        raise NotSentError(_("密钥的格式不对，请从群机器人的设置里重新复制。"))
    robot.redirects = False
    if channel.address:
        check_braces(channel.address)
        robot.notify_url = robot.api_url = f"{channel.address.rstrip('/')}/{key}"
    return robot


def check_braces(address: str) -> None:
    """apprise fills in what stands in braces: a robot's address has none."""
    if "{" in address or "}" in address:
        raise AddressRefusedError(_("群机器人的地址里不能有花括号。"))


def _by_gateway(channel: Channel, text: str, phone: str) -> None:
    body, content_type = filled(channel, text, phone)
    url = channel.address.replace("{secret}", quote(channel.secret, safe=""))
    try:
        answer = outbound.post(url, data=body.encode(), headers={"Content-Type": content_type}, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise NotSentError(
            type(error).__name__
        ) from None  # its text holds the address, and the address may hold the secret
    said = answer.content.decode("utf-8", "replace")
    if answer.status_code // 100 != SUCCESS or channel.success_text not in said:
        raise NotSentError(f"HTTP {answer.status_code} {said[:ANSWER_SHOWN]}")


def filled(channel: Channel, text: str, phone: str) -> tuple[str, str]:
    """The template with its places filled: JSON when it looks like it, else a form. Nothing typed breaks out of it."""
    is_json = channel.template.lstrip().startswith("{")
    body = channel.template
    for place, value in zip(PLACES, (phone, text, channel.secret), strict=True):
        body = body.replace(place, json.dumps(value, ensure_ascii=False)[1:-1] if is_json else quote(value, safe=""))
    return body, "application/json; charset=utf-8" if is_json else "application/x-www-form-urlencoded; charset=utf-8"
