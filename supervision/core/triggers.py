"""Append-only tables, kept so by the database itself.

Installed from post_migrate by one idempotent function: on SQLite an AlterField rebuilds the table and drops its
triggers without a word, so /health/ready and a test assert that they exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

APPEND_ONLY = ("core_event", "core_paper")
_ACTS = ("update", "delete")


def _names() -> list[str]:
    acts = (*_ACTS, "truncate") if connection.vendor == "postgresql" else _ACTS
    return [f"{table}_no_{act}" for table in APPEND_ONLY for act in acts]


def _statements(name: str) -> list[str]:
    table, act = name.rsplit("_no_", 1)
    if connection.vendor == "postgresql":
        level = "STATEMENT" if act == "truncate" else "ROW"
        return [
            "CREATE OR REPLACE FUNCTION core_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            f"DROP TRIGGER IF EXISTS {name} ON {table}",
            f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} FOR EACH {level} "
            "EXECUTE FUNCTION core_append_only()",
        ]
    return [
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ]


def missing() -> list[str]:
    """Names of the triggers that should exist and do not."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        present = {row[0] for row in cursor.fetchall()}
    return sorted(set(_names()) - present)


def install() -> None:
    """Create whatever is missing; does nothing when all exist."""
    names = missing()
    if not names:
        return
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name in names:
            if name.rsplit("_no_", 1)[0] in existing:
                for statement in _statements(name):
                    cursor.execute(statement)


@contextmanager
def lifted() -> Iterator[None]:
    """For the test suite's flush alone: drop the triggers, do the work, install them again."""
    with connection.cursor() as cursor:
        for name in _names():
            table = name.rsplit("_no_", 1)[0]
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
    try:
        yield
    finally:
        install()
