"""Requests, pages, moves."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from dudao_client.problems import problem_of

Json = dict[str, Any]
TRY_AGAIN = frozenset({429, 502, 503, 504})


@dataclass(frozen=True)
class File:
    """A file to send: its name and its bytes."""

    name: str
    content: bytes


Files = Mapping[str, Sequence[File]]


class Dudao:
    """One person's access, by their token.

    `attempts`: how often a request is sent until an answer comes; a write bears the same key each time.
    """

    def __init__(
        self, url: str, token: str, *, timeout: float = 30, attempts: int = 3, language: str = "zh-hans"
    ) -> None:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError("The address begins with http:// or https://.")
        self.root = f"{url.rstrip('/')}/api/v1/"
        self.timeout, self.attempts = timeout, attempts
        self._headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}

    # --- reading ------------------------------------------------------------------------------------------------------

    def me(self) -> Json:
        """Who I am, and which roles I hold on what."""
        return self._read("me/")

    def dashboard(self, **within: int) -> Json:
        """The figures of one's scope; of one place alone with `body`, `team` or `unit`."""
        return self._read(f"dashboard/?{urlencode(within)}" if within else "dashboard/")

    def list(self, resource: str, **filters: Any) -> Iterator[Json]:
        """Every row that fits, page after page."""
        asked = urlencode({name: value for name, value in filters.items() if value is not None}, doseq=True)
        address: str | None = f"{resource}/?{asked}" if asked else f"{resource}/"
        while address:
            page = self._read(address)
            yield from page["results"]
            address = page["next"]

    def one(self, resource: str, pk: int) -> Json:
        """An object with everything its page tells, its `moves` among it."""
        return self._read(f"{resource}/{pk}/")

    def one_to_change(self, address: str) -> tuple[Json, str]:
        """An object and its version: `change(address, fields, version)` writes over nobody's change."""
        read, headers = self._answer(Request(f"{self.root}{address}/"))
        return json.loads(read), headers["ETag"] or ""

    def inputs(self, resource: str, pk: int, move: str) -> dict[str, Json]:
        """What a move asks for, by the field's name, with choices and first values."""
        told = self._read(f"{resource}/{pk}/moves/{quote(move)}/")
        return {field["name"]: field for field in told["inputs"]}

    def download(self, evidence: int) -> bytes:
        """The bytes of a piece of evidence."""
        return self._send(Request(f"{self.root}evidence/{evidence}/file/"))

    # --- writing ------------------------------------------------------------------------------------------------------

    def create(self, resource: str, fields: Mapping[str, Any], files: Files | None = None) -> Any:
        """A new object."""
        return self._write("POST", f"{resource}/", fields, files)

    def add(self, resource: str, pk: int, part: str, fields: Mapping[str, Any], files: Files | None = None) -> Any:
        """A part of an object: `add("inspections", 7, "records", {...})`."""
        return self._write("POST", f"{resource}/{pk}/{quote(part)}/", fields, files)

    def change(self, address: str, fields: Mapping[str, Any], version: str = "", method: str = "PATCH") -> Any:
        """Change what is named: `change("reports/5", {...})`; what is left out stays.

        With the `version` that was read it raises Outdated where somebody else has changed the object since.
        """
        return self._write(method, f"{address}/", fields, None, {"If-Match": version} if version else {})

    def move(
        self, resource: str, pk: int, name: str, fields: Mapping[str, Any] | None = None, files: Files | None = None
    ) -> Any:
        """Make a move; the object as it stands afterwards (None: not this person's to see any more)."""
        return self._write("POST", f"{resource}/{pk}/moves/{quote(name)}/", fields or {}, files)

    # --- the wire -----------------------------------------------------------------------------------------------------

    def _read(self, address: str) -> Any:
        url = address if address.startswith(self.root) else self.root + address
        return json.loads(self._send(Request(url)))

    def _write(
        self, method: str, address: str, fields: Mapping[str, Any], files: Files | None, more: Mapping[str, str] = {}
    ) -> Any:
        body, content_type = _multipart(fields, files) if files else (_json(fields), "application/json")
        headers = {"Content-Type": content_type, "Idempotency-Key": secrets.token_hex(16), **more}
        answer = self._send(Request(self.root + address, data=body, method=method, headers=headers))
        return json.loads(answer) if answer else None

    def _send(self, request: Request) -> bytes:
        return self._answer(request)[0]

    def _answer(self, request: Request) -> tuple[bytes, Message]:
        for name, value in self._headers.items():
            request.add_header(name, value)
        for attempt in range(1, self.attempts + 1):
            try:
                with urlopen(request, timeout=self.timeout) as answer:
                    read: bytes = answer.read()
                    return read, answer.headers
            except HTTPError as error:
                if error.code not in TRY_AGAIN or attempt == self.attempts:
                    raise problem_of(error.code, _body_of(error)) from None
                time.sleep(float(error.headers.get("Retry-After") or attempt))
            except (OSError, HTTPException):
                if attempt == self.attempts:
                    raise
                time.sleep(attempt)
        raise AssertionError("unreachable")


def _json(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def _body_of(error: HTTPError) -> Json:
    try:
        found = json.loads(error.read())
    except ValueError:
        found = None
    return found if isinstance(found, dict) else {"detail": error.reason}


def _multipart(fields: Mapping[str, Any], files: Files) -> tuple[bytes, str]:
    """The fields as JSON in the part `data`, the files under the names of their fields."""
    boundary = secrets.token_hex(16)
    parts = [('form-data; name="data"', _json(fields))]
    for name, several in files.items():
        for each in several:
            shown = each.name.replace('"', "%22").replace("\r", "").replace("\n", "")
            parts.append((f'form-data; name="{name}"; filename="{shown}"', each.content))
    lines = [f"--{boundary}\r\nContent-Disposition: {head}\r\n\r\n".encode() + body + b"\r\n" for head, body in parts]
    return b"".join([*lines, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"
