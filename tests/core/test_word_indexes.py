"""The indexes of the search on PostgreSQL: what a server does not grant is a warning, never the end of `migrate`."""

from __future__ import annotations

import pytest
from django.db import connection

from rectification.models import Measure, Report
from supervision.core import words

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db]
REPORTS = f"{Report._meta.db_table}_title_words"
MEASURES = f"{Measure._meta.db_table}_text_words"


def run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE %s", [r"%\_words"])
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def warned(monkeypatch) -> list[str]:
    """The names of what could not be made."""
    names: list[str] = []
    monkeypatch.setattr(words.logger, "warning", lambda _sentence, name, _error: names.append(name))
    return names


def test_the_extension_in_a_schema_that_is_not_searched_is_no_error(warned):
    run(f"DROP INDEX {REPORTS}", "CREATE SCHEMA elsewhere", "ALTER EXTENSION pg_trgm SET SCHEMA elsewhere")
    words.install()
    assert REPORTS in warned
    assert REPORTS not in indexes()


def test_one_index_that_cannot_be_made_leaves_the_others(warned):
    run(f"DROP INDEX {MEASURES}", f"DROP INDEX {REPORTS}")
    run(f"ALTER TABLE {Measure._meta.db_table} RENAME COLUMN text TO other_text")
    words.install()
    assert warned == [MEASURES]
    assert REPORTS in indexes()
    assert Report.objects.filter(title__says="督导").count() == 0  # the transaction still answers
