"""The two questions of systemd, nginx and load balancers."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from supervision.core import health, triggers

READY, LIVE = "/health/ready", "/health/live"


@pytest.fixture(autouse=True)
def _broker_is_not_asked(monkeypatch):
    monkeypatch.setattr(health, "broker_state", lambda: "answers")


def test_live_asks_nobody(client):
    """Without the database mark: a query would fail the test."""
    answer = client.get(LIVE)
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_ready_when_all_is_there(client):
    answer = client.get(READY)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "reasons": [], "broker": "answers"})


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["core_event_no_update", "core_event_no_delete", "core_paper_no_update"])
def test_a_missing_trigger_is_named(client, name):
    table = f" ON {name.rsplit('_no_', 1)[0]}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{table}")
    answer = client.get(READY)
    assert answer.status_code == 503
    assert answer.json()["reasons"] == [f"trigger {name} is missing"]
    triggers.install()
    assert client.get(READY).status_code == 200


@pytest.mark.django_db
def test_a_migration_not_applied_is_named(client):
    app, name = MigrationExecutor(connection).loader.graph.leaf_nodes("core")[0]
    MigrationRecorder(connection).record_unapplied(app, name)
    answer = client.get(READY)
    assert answer.status_code == 503
    assert f"migration core.{name} is not applied" in answer.json()["reasons"]


@pytest.mark.django_db
def test_a_silent_database_is_said_without_its_address(client, monkeypatch):
    def silent(*_):
        raise OperationalError("could not connect to 10.0.0.7")

    monkeypatch.setattr(health, "MigrationExecutor", silent)
    answer = client.get(READY)
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["database does not answer: OperationalError"]
    assert b"10.0.0.7" not in answer.content


@pytest.mark.django_db
def test_a_silent_broker_is_reported_and_not_fatal(client, monkeypatch, settings):
    monkeypatch.undo()
    monkeypatch.setattr(health.current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    answer = client.get(READY)
    assert (answer.status_code, answer.json()["broker"]) == (200, "silent")


@pytest.mark.parametrize("address", [LIVE, READY])
def test_nothing_but_reading_is_offered(client, address):
    assert client.post(address).status_code == 405
