"""A real SMTP server on loopback for tests: it keeps what it takes, and refuses whom it is told to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from django.test import override_settings

from supervision.core import embedded


class Sink:
    """`taken` holds every message in its order; addresses in `refused` are answered with 550."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.takes = 0.0  # seconds for each message

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        await asyncio.sleep(self.takes)
        self.taken.append(message)
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        return [str(each["Message-ID"]) for each in self.taken]


@contextmanager
def smtp_server() -> Iterator[tuple[Sink, int]]:
    sink = Sink()
    server = Controller(sink, hostname="127.0.0.1", port=embedded.free_port())
    server.start()
    try:
        yield sink, server.port
    finally:
        server.stop()


@contextmanager
def mailing() -> Iterator[Sink]:
    """This process's mail goes to a server of its own."""
    with smtp_server() as (sink, port):
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        with override_settings(EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port):
            yield sink
