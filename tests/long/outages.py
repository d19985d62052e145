"""A server as a province runs it, for outages: gunicorn over a PostgreSQL, a Redis and a small disk of its own."""

from __future__ import annotations

import http.cookiejar
import importlib.util
import os
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.urls import reverse

from tests.core.processes import wait_until

SIGN_IN = reverse("accounts:sign-in")
DISK = "2m"
PASSWORD = "dudao-demo"
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def _servers() -> ModuleType:
    """scripts/servers.py, which starts the suite's own servers, too."""
    spec = importlib.util.spec_from_file_location("dudao_servers", settings.BASE_DIR / "scripts" / "servers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass
class Answer:
    status: int
    headers: Any
    text: str


@dataclass
class Province:
    """Everything that can fail, and how to make it fail and come back."""

    folder: Path
    running: dict[str, Any] = field(default_factory=dict)

    def start(self) -> None:
        servers = _servers()
        self.who = servers._unprivileged()
        self.folder.chmod(0o755)
        for parent in self.folder.parents[:3]:
            parent.chmod(parent.stat().st_mode | 0o011)  # PostgreSQL runs as somebody else below it
        self.running = {
            "database": servers.start_postgresql(self.folder), "broker": servers.start_redis(self.folder),
        }  # fmt: skip
        self.port = servers.free_port()
        self.disk = self.folder / "disk"
        self.disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(self.disk)], check=True)
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "supervision.config.settings.local",
            "DATABASE_URL": self.running["database"].url,
            "REDIS_URL": f"{self.running['broker'].url}/0",
            "DATA_DIR": str(self.folder / "data"),
        }
        for command in (["migrate", "-v0"], ["load_demo"]):
            self._python(["manage.py", *command])
        files = self.folder / "data" / "files"
        files.rename(self.folder / "loaded")  # the demo's own; new ones come on the small disk
        files.symlink_to(self.disk)
        self.web = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "supervision.config.wsgi:application", "--no-control-socket",
             "--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--threads", "4"],
            cwd=settings.BASE_DIR, env={**self.environment, "TMPDIR": str(self.disk)},
        )  # fmt: skip
        wait_until(self._is_up)

    def _is_up(self) -> bool:
        try:
            return Person(self.port).get("/health/live").status == 200
        except OSError:
            return False

    def _python(self, words: list[str]) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=settings.BASE_DIR, env=self.environment, check=True, stdout=subprocess.PIPE
        )
        return done.stdout.decode()

    def ask(self, code: str) -> str:
        """What a line of Python says, with the product's models at hand."""
        return self._python(["manage.py", "shell", "-v0", "-c", code]).strip()

    def fail(self, name: str) -> None:
        self.running[name].stop()

    def return_(self, name: str) -> None:
        """The same server on the same data and port."""
        server = self.running[name]
        who = {"user": self.who.pw_uid, "group": self.who.pw_gid, "extra_groups": []} if self.who else {}
        server.process = subprocess.Popen(
            server.process.args, cwd=self.folder / {"database": "postgresql", "broker": "redis"}[name],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
            **(who if name == "database" else {}),
        )  # fmt: skip

    def fill_disk(self) -> Path:
        """Not a byte is left; the file to delete again."""
        filling = self.disk / "filling"
        with filling.open("wb", buffering=0) as file:
            try:
                while file.write(b"0" * 4096):
                    pass
            except OSError:
                pass
        return filling

    def stop(self) -> None:
        if getattr(self, "web", None) is not None:
            self.web.terminate()
            self.web.wait()
        for server in self.running.values():
            server.stop()
        subprocess.run(["umount", "-l", str(self.folder / "disk")], check=False)


class Person:
    """A browser with its cookies; nobody until they sign in."""

    def __init__(self, port: int, language: str = "zh-hans") -> None:
        self.root, self.language = f"http://127.0.0.1:{port}", language
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def sign_in(self, username: str) -> Person:
        self.get(SIGN_IN)
        answer = self.post(SIGN_IN, {"username": username, "password": PASSWORD})
        assert answer.status == 200, answer.text[:500]
        for cookie in [each for each in self.cookies if each.name == settings.LANGUAGE_COOKIE_NAME]:
            self.cookies.clear(cookie.domain, cookie.path, cookie.name)  # the account's; this browser has its own
        return self

    def get(self, path: str) -> Answer:
        return self._ask(path)

    def post(self, path: str, fields: dict[str, str], upload: tuple[str, bytes] | None = None) -> Answer:
        """A form with its token; with a file it is sent in parts."""
        token = next(each.value or "" for each in self.cookies if "csrf" in each.name)
        given = {**fields, "csrfmiddlewaretoken": token}
        if upload is None:
            return self._ask(path, urllib.parse.urlencode(given).encode())
        body, kind = _parts(given, upload)
        return self._ask(path, body, {"Content-Type": kind})

    def _ask(self, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        told = {**(headers or {}), "Accept-Language": self.language}
        request = urllib.request.Request(self.root + path, body, told)  # noqa: S310  (our own server)
        try:
            with self.opener.open(request, timeout=60) as answer:
                return Answer(answer.status, answer.headers, answer.read().decode())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.headers, refused.read().decode())


def _parts(fields: dict[str, str], upload: tuple[str, bytes]) -> tuple[bytes, str]:
    mark = uuid.uuid4().hex
    body = b"".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    head = f'--{mark}\r\nContent-Disposition: form-data; name="uploads"; filename="{upload[0]}"\r\n'
    body += head.encode() + b"Content-Type: application/pdf\r\n\r\n" + upload[1] + f"\r\n--{mark}--\r\n".encode()
    return body, f"multipart/form-data; boundary={mark}"
