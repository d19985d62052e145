"""Many rows quickly: COPY on PostgreSQL with the foreign keys' triggers asleep, bulk_create elsewhere."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from django.db.models import Max

AT_ONCE = 5_000
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Table:
    """Rows of one model on their way to the database; ids are given here, so that rows can name each other."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.fields = [field for field in model._meta.concrete_fields if not field.generated]
        self.pk = str(model._meta.pk.attname)
        self.defaults = {field.attname: _default(field) for field in self.fields}
        self.last = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        self.rows: list[dict[str, Any]] = []

    def add(self, **given: Any) -> int:
        """Take a row; returns its id."""
        self.last += 1
        self.rows.append({**self.defaults, self.pk: self.last, **given})
        return self.last

    def write(self) -> None:
        if connection.vendor == "postgresql":
            self._copy()
        else:
            self.model._default_manager.bulk_create([self.model(**row) for row in self.rows], batch_size=500)
        self.rows.clear()

    def _copy(self) -> None:
        names = [field.attname for field in self.fields]
        text = "".join("\t".join([_text(row[name]) for name in names]) + "\n" for row in self.rows)
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in self.fields)
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY {self.model._meta.db_table} ({columns}) FROM STDIN", io.StringIO(text))


def _default(field: models.Field[Any, Any]) -> Any:
    if field.has_default():
        return field.get_default()
    return None if field.null else ""


def _text(value: Any) -> str:
    """A value as COPY reads it."""
    if value is None:
        return "\\N"
    if isinstance(value, str):
        return value.translate(ESCAPES) if "\\" in value or "\n" in value or "\t" in value else value
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False).translate(ESCAPES)
    return str(value)


@contextmanager
def bulk(tables: Sequence[Table]) -> Iterator[None]:
    """Around the writing: checks of foreign keys rest (PostgreSQL), then the sequences go on after the last ids."""
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if is_postgresql:
            cursor.execute("SET session_replication_role = replica")
        yield
        if is_postgresql:
            cursor.execute("SET session_replication_role = DEFAULT")
            for sql in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
                cursor.execute(sql)
