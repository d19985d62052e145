"""Addresses outside: nothing is sent to the server's own network unless the operator allows it.

`post` is the only way out over HTTP. A name is resolved once, when the connection is opened: the address that was
checked is the address connected to, under the name's own Host and certificate. Redirects are not followed, and no
proxy of the environment is asked (it would resolve the name once more).
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NewConnectionError
from urllib3.util import Url, parse_url

HTTPS = 443
PLACES_TRIED = 2  # of the addresses of a name: each may take a whole timeout

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
    _places(str(parts.host).strip("[]"), parts.port or HTTPS)


def post(url: str, **given: Any) -> requests.Response:
    """`requests.post` to an address outside. Raises AddressRefusedError, requests.RequestException."""
    with requests.Session() as line:
        line.trust_env = False
        line.mount("http://", _PinnedAdapter())
        line.mount("https://", _PinnedAdapter())
        return line.post(url, **{**given, "allow_redirects": False, "verify": settings.CA_BUNDLE or True})


def _places(host: str, port: int) -> list[str]:
    """The addresses of a host, every one of them allowed."""
    try:
        found = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
    except (OSError, UnicodeError, ValueError):
        raise AddressRefusedError(_("找不到这个地址：%(host)s。") % {"host": host}) from None
    places = list(dict.fromkeys(str(place[0]) for *_rest, place in found))
    if not settings.ALLOW_PRIVATE_ADDRESSES and not all(_is_outside(each) for each in places):
        raise AddressRefusedError(_("这个地址在服务器的内部网络里，不允许发往那里。"))
    return places


class _Pinned(HTTPConnection):
    """Connects to what was checked: `_dns_host` is what urllib3 dials, and also what it puts into Host and SNI."""

    def _new_conn(self) -> socket.socket:
        name, failed = self._dns_host, None
        try:
            for place in _places(name, self.port)[:PLACES_TRIED]:
                self._dns_host = place
                try:
                    return super()._new_conn()
                except (NewConnectionError, ConnectTimeoutError) as error:
                    failed = error
        finally:
            self._dns_host = name
        raise failed or NewConnectionError(self, name)


class _PinnedSecure(_Pinned, HTTPSConnection):
    """The same under TLS: the certificate is judged by the name."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Pinned


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _PinnedSecure


class _PinnedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


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
