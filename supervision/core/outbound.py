"""Addresses outside: nothing is sent to the server's own network unless the operator allows it.

`post` is the only way out over HTTP. A name is resolved once, when the connection is opened: the address that was
checked is the address connected to, under the name's own Host and certificate. Redirects are not followed, and no
proxy of the environment is asked (it would resolve the name once more). Name, connection and answer together have
OUTBOUND_SECONDS.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from contextlib import suppress
from contextvars import ContextVar
from typing import Any, Self

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


class UnknownHostError(AddressRefusedError):
    """No address is known for the name, or nobody told it in time."""


class InnerAddressError(AddressRefusedError):
    """The address lies in the server's own network."""


class _Deadline:
    """Cuts a request that lasts too long, whatever it waits for: who sends a byte now and then keeps every timeout."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._lines: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._before = _deadline.set(self)
        self._timer.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        _deadline.reset(self._before)
        self._timer.cancel()
        with self._lock:
            for line in self._lines:
                line.close()
            self._lines.clear()

    @property
    def left(self) -> float:
        return max(self._ends - time.monotonic(), 0.0)

    def watch(self, line: socket.socket) -> None:
        """By a second descriptor of the same connection: TLS takes the first one over."""
        with self._lock:
            self._lines.append(line.dup())
        if not self.left:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)


_deadline: ContextVar[_Deadline | None] = ContextVar("deadline", default=None)


def check_address(url: str) -> None:
    """Raises AddressRefusedError. Asked when an address is saved and again whenever something is sent there."""
    parts = _parts(url)
    if settings.ALLOW_PRIVATE_ADDRESSES:
        return
    _places(str(parts.host).strip("[]"), parts.port or HTTPS)


def post(url: str, **given: Any) -> requests.Response:
    """`requests.post` to an address outside. Raises AddressRefusedError, requests.RequestException."""
    with _Deadline(settings.OUTBOUND_SECONDS) as deadline, requests.Session() as line:
        line.trust_env = False
        line.mount("http://", _PinnedAdapter())
        line.mount("https://", _PinnedAdapter())
        try:
            answer = line.post(url, **{**given, "allow_redirects": False, "verify": settings.CA_BUNDLE or True})
        except requests.RequestException:
            if deadline.left:
                raise
        else:
            if deadline.left:
                return answer
        raise requests.ReadTimeout


def _places(host: str, port: int) -> list[str]:
    """The addresses of a host, every one of them allowed."""
    places = _asked(host, port)
    if not places:
        raise UnknownHostError(_("找不到这个地址：%(host)s。") % {"host": host})
    if not settings.ALLOW_PRIVATE_ADDRESSES and not all(_is_outside(each) for each in places):
        raise InnerAddressError(_("这个地址在服务器的内部网络里，不允许发往那里。"))
    return places


def _asked(host: str, port: int) -> list[str]:
    """What the system's resolver knows: it takes no timeout, so that it is asked beside and waited for no longer."""
    found: list[str] = []

    def ask() -> None:
        with suppress(OSError, UnicodeError, ValueError):
            answers = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)
            found.extend(dict.fromkeys(str(place[0]) for *_rest, place in answers))

    running = _deadline.get()
    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(running.left if running else settings.OUTBOUND_SECONDS)
    return list(found)


class _Pinned(HTTPConnection):
    """Connects to what was checked: `_dns_host` is what urllib3 dials, and also what it puts into Host and SNI."""

    def _new_conn(self) -> socket.socket:
        name, failed = self._dns_host, None
        try:
            for place in _places(name, self.port)[:PLACES_TRIED]:
                self._dns_host = place
                try:
                    return self._connected()
                except (NewConnectionError, ConnectTimeoutError) as error:
                    failed = error
        finally:
            self._dns_host = name
        raise failed or NewConnectionError(self, name)

    def _connected(self) -> socket.socket:
        deadline = _deadline.get()
        if deadline is None:
            return super()._new_conn()
        if not deadline.left:
            raise ConnectTimeoutError(self, self._dns_host)
        given = self.timeout if isinstance(self.timeout, int | float) else deadline.left
        self.timeout = min(given, deadline.left)
        line = super()._new_conn()
        deadline.watch(line)
        return line


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
