"""While the demo is loaded, or the database is away, a page says so readably and soon."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sqlite3
import sys
import urllib.error
import urllib.request

import psycopg2
import pytest
from django.conf import settings as project
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from api import problems
from supervision.core import embedded
from supervision.core.middleware import LOADING, LoadingMiddleware

OUT_OF_SERVICE = "系统暂时不能使用"


@pytest.fixture
def loading(tmp_path, settings):
    """(the middleware while the marker exists, the marker)"""
    settings.DATA_DIR = tmp_path
    marker = tmp_path / LOADING
    marker.touch()
    return LoadingMiddleware(lambda request: HttpResponse("the page")), marker


@pytest.mark.parametrize("path", ["/", "/items/", "/accounts/sign-in"])
def test_while_the_demo_is_loaded_every_page_says_so(loading, path):
    answer = loading[0](RequestFactory().get(path))
    assert answer.status_code == 503
    assert answer["Retry-After"] == "2"
    assert "正在装载" in answer.content.decode()


@pytest.mark.parametrize("path", ["/health/live", "/static/css/dudao.css"])
def test_health_and_static_files_answer_meanwhile(loading, path):
    assert loading[0](RequestFactory().get(path)).content == b"the page"


def test_when_the_marker_is_gone_pages_open_and_the_disk_is_asked_no_more(loading):
    middleware, marker = loading
    marker.unlink()
    assert middleware(RequestFactory().get("/")).content == b"the page"
    marker.touch()
    assert middleware(RequestFactory().get("/")).content == b"the page"


SESSION = "django.contrib.sessions.middleware.SessionMiddleware"
CSRF = "django.middleware.csrf.CsrfViewMiddleware"  # the first that reads the form that was sent


def _asked(client, monkeypatch, error, where=SESSION, path="/", language="zh-hans"):
    """A page when that middleware fails with `error`."""

    def fails(*_, **__):
        raise error

    monkeypatch.setattr(f"{where}.process_request", fails)
    client.raise_request_exception = False
    return client.get(path, headers={"accept-language": language})


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_database_that_goes_away_is_a_readable_503(client, monkeypatch, kind):
    answer = _asked(client, monkeypatch, kind("server closed the connection unexpectedly"))
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "5", "no-store")
    assert OUT_OF_SERVICE in answer.content.decode()
    assert "unexpectedly" not in answer.content.decode()


class DiskFull(psycopg2.OperationalError):
    """As PostgreSQL says it; a code cannot be given to the driver's own."""

    pgcode = "53100"


def _full_folder():
    """A large upload lies in the temporary folder before any view sees it."""
    return OSError(errno.ENOSPC, "No space left on device: upload_dir")


def _full_quota():
    return OSError(errno.EDQUOT, "Disk quota exceeded: upload_dir")


def _full_postgresql():
    error = OperationalError('could not extend file "base/upload_dir"')
    error.__cause__ = DiskFull()
    return error


def _full_sqlite():
    """SQLite's own, of a database that may not grow."""
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as full:
            database.execute("CREATE TABLE upload_dir (a)")
    error = OperationalError("database or disk is full: upload_dir")
    error.__cause__ = full.value
    return error


FULL = pytest.mark.parametrize("full", [_full_folder, _full_quota, _full_postgresql, _full_sqlite])


@FULL
@pytest.mark.parametrize(("language", "words"), [("zh-hans", "存储空间不足"), ("en", "no space left")])
def test_a_full_disk_is_a_readable_507_whoever_meets_it(client, monkeypatch, full, language, words):
    answer, problem = (_asked(client, monkeypatch, full(), CSRF, path, language) for path in ("/", "/api/v1/me/"))
    assert (answer.status_code, answer["Cache-Control"]) == (507, "no-store")
    assert words in answer.content.decode()
    assert "upload_dir" not in answer.content.decode()
    assert (problem.status_code, problem["Content-Type"]) == (507, "application/problem+json")
    assert problem.json()["type"] == "urn:dudao:problem:insufficient-storage"
    assert words in problem.json()["detail"]
    assert not any("Retry-After" in each.headers for each in (answer, problem))  # waiting mends nothing


@FULL
def test_a_full_disk_met_by_a_view_of_the_api_is_a_507_too(full):
    assert problems.answer(full(), {}).status_code == 507


def test_an_outage_met_by_a_view_of_the_api_stays_a_503():
    assert problems.answer(OperationalError("server closed the connection"), {}).status_code == 503


def test_any_other_error_is_an_error(client, monkeypatch):
    answer = _asked(client, monkeypatch, ValueError("a bug"))
    assert answer.status_code == 500
    assert OUT_OF_SERVICE not in answer.content.decode()


@pytest.fixture(params=["refuses", "is silent"])
def without_database(request, tmp_path):
    """A web server whose database refuses, or takes the connection and never says a word; its port."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    if request.param == "is silent":
        listener.listen(50)
    port = embedded.free_port()
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "supervision.config.settings.local",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"postgres://dudao@127.0.0.1:{listener.getsockname()[1]}/dudao",
    }
    children = embedded.Children(tmp_path / "log", project.BASE_DIR)
    command = [sys.executable, "-m", "waitress", f"--listen=127.0.0.1:{port}", "supervision.config.wsgi:application"]
    child = children.start("web", command, environment)
    try:
        children.wait_until(lambda: child.process.poll() is None and embedded.answers_on(port), "web")
        yield port
    finally:
        children.stop()
        listener.close()


@pytest.mark.once
def test_without_a_database_the_server_starts_and_answers_soon(without_database):
    """Signed in as anybody: the session is read from the database, which is not there."""
    for path in ("/", "/health/ready"):
        address = f"http://127.0.0.1:{without_database}{path}"
        cookie = {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345"} if path == "/" else {}
        asked = urllib.request.Request(address, headers=cookie)
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(asked, timeout=30)  # noqa: S310  (our own server)
        assert answer.value.code == 503
        body = answer.value.read().decode()
        assert OUT_OF_SERVICE in body if path == "/" else "database does not answer" in body
        answer.value.close()
    with urllib.request.urlopen(f"http://127.0.0.1:{without_database}/health/live", timeout=10) as alive:
        assert alive.status == 200
