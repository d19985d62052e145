"""Addresses outside: nothing is sent to the server's own network unless the operator allows it."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _


class AddressRefusedError(ValueError):
    """The address is no web address, is not known, or lies inside; the text says which."""


def check_address(url: str) -> None:
    """Raises AddressRefusedError. Asked when an address is saved and again whenever something is sent there."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressRefusedError(_("请填以http://或者https://开头的完整地址。"))
    if settings.ALLOW_PRIVATE_ADDRESSES:
        return
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError, ValueError):
        raise AddressRefusedError(_("找不到这个地址：%(host)s。") % {"host": parts.hostname}) from None
    for *_rest, place in found:
        if not ipaddress.ip_address(str(place[0]).partition("%")[0]).is_global:
            raise AddressRefusedError(_("这个地址在服务器的内部网络里，不允许发往那里。"))
