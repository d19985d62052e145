"""Addresses outside: nothing is sent to the server's own network unless the operator allows it."""

from __future__ import annotations

import ipaddress
import socket

from django.conf import settings
from django.utils.translation import gettext as _
from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
COMPATIBLE = ipaddress.IPv6Network("::/96")
INNER = ipaddress.IPv6Network("64:ff9b:1::/48"), ipaddress.IPv6Network("fec0::/10")  # not known to is_global
FOUR_BYTES = 0xFFFFFFFF


class AddressRefusedError(ValueError):
    """The address is no web address, is not known, or lies inside; the text says which."""


def check_address(url: str) -> None:
    """Raises AddressRefusedError. Asked when an address is saved and again whenever something is sent there."""
    parts = _parts(url)
    if settings.ALLOW_PRIVATE_ADDRESSES:
        return
    host = str(parts.host).strip("[]")
    try:
        found = socket.getaddrinfo(host, parts.port or 443, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError, ValueError):
        raise AddressRefusedError(_("找不到这个地址：%(host)s。") % {"host": host}) from None
    if not all(_is_outside(str(place[0])) for *_rest, place in found):
        raise AddressRefusedError(_("这个地址在服务器的内部网络里，不允许发往那里。"))


def _parts(url: str) -> Url:
    """Read by the parser that sends, so that both see the same host; what others read otherwise is refused."""
    if "\\" in url or " " in url or not url.isprintable():
        raise AddressRefusedError(_("地址里不能有空格、反斜杠或者看不见的字符。"))
    try:
        parts = parse_url(url)
    except LocationParseError:
        parts = Url()
    if parts.scheme not in ("http", "https") or not parts.host:
        raise AddressRefusedError(_("请填以http://或者https://开头的完整地址。"))
    if parts.auth is not None:
        raise AddressRefusedError(_("网址的主机名前面不能带用户名和密码（@）。"))
    return parts


def _is_outside(place: str) -> bool:
    """Every address on the way must be public: that of IPv6, and that of IPv4 which a gateway would take from it."""
    address = ipaddress.ip_address(place.partition("%")[0])
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    inside = any(address in each for each in INNER)
    return not inside and all(_is_outside(str(each)) for each in _within(address))


def _within(address: ipaddress.IPv6Address) -> list[ipaddress.IPv4Address]:
    found = [address.ipv4_mapped, address.sixtofour]
    if address in NAT64 or address in COMPATIBLE:
        found.append(ipaddress.IPv4Address(int(address) & FOUR_BYTES))
    return [each for each in found if each is not None]
