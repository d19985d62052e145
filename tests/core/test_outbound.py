"""The way out: the address that was checked is the one connected to, and nothing leads anywhere else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import requests

from supervision.core.outbound import AddressRefusedError, UnknownHostError, check_address, post

NAME = "hooks.example.cn"
OUTSIDE = "1.1.1.1"


@pytest.fixture
def server() -> Iterator[tuple[int, list[tuple[str, str]]]]:
    """A real server on loopback that keeps path and Host, and leads whoever asks for /away to /inner."""
    taken: list[tuple[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.append((self.path, self.headers["Host"]))
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(307 if self.path == "/away" else 200)
            self.send_header("Location", "/inner")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    running = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running.server_port, taken
    running.shutdown()
    running.server_close()


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the name's server answers, one entry a question; the last one for ever."""
    answers: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, port: Any, *rest: Any, **named: Any) -> Any:
        if host != NAME:
            return real(host, port, *rest, **named)
        return real(answers.pop(0) if len(answers) > 1 else answers[0], port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return answers


def test_a_name_that_turns_inward_after_the_check_leads_nowhere(server, resolver):
    """DNS rebinding: public when the address is saved, loopback when something is sent."""
    port, taken = server
    resolver += [OUTSIDE, "127.0.0.1"]
    check_address(f"http://{NAME}:{port}/hook")
    with pytest.raises(AddressRefusedError):
        post(f"http://{NAME}:{port}/hook", data=b"{}", timeout=5)
    assert taken == []


def test_a_name_is_asked_once_a_connection_and_keeps_its_own_host(server, resolver, settings):
    port, taken = server
    settings.ALLOW_PRIVATE_ADDRESSES = True
    resolver += ["127.0.0.1", "192.0.2.1"]  # whoever asks twice connects to the wrong one
    assert post(f"http://{NAME}:{port}/hook", data=b"{}", timeout=5).status_code == 200
    assert taken == [("/hook", f"{NAME}:{port}")]


def test_a_redirect_is_an_answer_and_no_way(server, settings):
    port, taken = server
    settings.ALLOW_PRIVATE_ADDRESSES = True
    assert post(f"http://127.0.0.1:{port}/away", data=b"{}", timeout=5, allow_redirects=True).status_code == 307
    assert [path for path, _host in taken] == ["/away"]


def test_who_answers_a_byte_at_a_time_is_cut_off(settings):
    """Each byte comes within the timeout of the socket; the whole answer would come at last."""
    settings.ALLOW_PRIVATE_ADDRESSES, settings.OUTBOUND_SECONDS = True, 0.3
    answer = b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 400 + b"\r\nContent-Length: 0\r\n\r\n"
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def trickle() -> None:
            line, _from = listening.accept()
            with line, suppress(OSError):
                for number in range(len(answer)):
                    line.sendall(answer[number : number + 1])
                    time.sleep(0.05)

        trickling = threading.Thread(target=trickle)
        trickling.start()
        with pytest.raises(requests.ReadTimeout):
            post(f"http://127.0.0.1:{listening.getsockname()[1]}/", data=b"{}", timeout=5)
        trickling.join()


def test_a_name_server_that_does_not_answer_is_waited_for_no_longer(settings, monkeypatch):
    settings.ALLOW_PRIVATE_ADDRESSES, settings.OUTBOUND_SECONDS = True, 0.3
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ended.wait(60) and [])
    with pytest.raises(UnknownHostError):
        post(f"http://{NAME}/", data=b"{}", timeout=5)
    ended.set()


def test_no_proxy_of_the_environment_is_asked(server, settings, monkeypatch):
    port, taken = server
    settings.ALLOW_PRIVATE_ADDRESSES = True
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert post(f"http://127.0.0.1:{port}/hook", data=b"{}", timeout=5).status_code == 200
    assert taken


def test_under_tls_the_name_is_asked_for_and_not_the_number(resolver, settings):
    """The first bytes of the handshake name the host (SNI), whatever address is dialled."""
    settings.ALLOW_PRIVATE_ADDRESSES = True
    resolver += ["127.0.0.1"]
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def listen() -> None:
            line, _from = listening.accept()
            with line:
                heard.append(line.recv(4096))

        listener = threading.Thread(target=listen)
        listener.start()
        with pytest.raises(requests.ConnectionError):
            post(f"https://{NAME}:{listening.getsockname()[1]}/hook", data=b"{}", timeout=5)
        listener.join()
    assert NAME.encode() in heard[0]
