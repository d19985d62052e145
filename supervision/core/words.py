"""The words of a search box: what was typed, which rows say it, and where it stands in a text.

`title__says="督导"` is `icontains` everywhere. On PostgreSQL it is also asked of the text with every letter written
twice, for which `install()` makes trigram indexes: two Chinese characters, the usual word, have no trigram, but
督督导导 has two (docs/decisions/0015-search.md).
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, Lookup, Model, Q, TextField
from django.db.models.lookups import IContains

logger = logging.getLogger(__name__)

MOST_LETTERS = 80
MOST_WORDS = 6
LEAST_LETTERS = 2  # of the longest word: one character alone stands in nearly every row
AROUND = 28  # letters of an excerpt before the first word and after it, twice as many after
_DOUBLED = r"regexp_replace(upper({column}::text), '(.)', '\1\1', 'g')"


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, each once, at most MOST_WORDS."""
    return _all_words(text)[:MOST_WORDS]


def are_too_many(text: str) -> bool:
    """Are there more than `words_of` takes?"""
    return len(_all_words(text)) > MOST_WORDS


def _all_words(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.split()))


def are_enough(words: Sequence[str]) -> bool:
    """Is any of them long enough to find something by it?"""
    return any(len(word) >= LEAST_LETTERS for word in words)


# --- asking the database ----------------------------------------------------------------------------------------------


@CharField.register_lookup
@TextField.register_lookup
class Says(Lookup):
    """`icontains`, by an index where PostgreSQL has one."""

    lookup_name = "says"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return compiler.compile(IContains(self.lhs, self.rhs))

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        plain, params = self.as_sql(compiler, connection)
        if len(self.rhs) < LEAST_LETTERS:
            return plain, params
        column, column_params = compiler.compile(self.lhs)
        twice = "".join(connection.ops.prep_for_like_query(letter) * 2 for letter in self.rhs)
        # The plain question first: it is the cheaper one for rows that no index has chosen.
        return f"({plain} AND {_DOUBLED.format(column=column)} LIKE upper(%s))", [*params, *column_params, f"%{twice}%"]


def is_called(name: str, word: str) -> bool:
    """Is the word a part of the name, or short for it as people shorten names: 太原市院 for 太原市人民检察院?"""
    name, word = name.casefold(), word.casefold()
    if word in name:
        return True
    letters = iter(name)
    return len(word) >= LEAST_LETTERS and word[-1] == name[-1:] and all(letter in letters for letter in word)


def called(units: Iterable[Any], *words: str) -> list[int]:
    """The ids of the units that each of the words names."""
    return [unit.pk for unit in units if all(is_called(unit.name, word) for word in words)]


def saying(words: Iterable[str], *columns: str, units: Iterable[Any] = (), unit: str = "unit_id") -> Q:
    """Rows that say every word in one of the columns, or that belong to one of the units so called.

    Units come as ids, so that the columns of one table remain for its indexes.
    """
    units, q = list(units), Q()
    for word in words:
        said = _anywhere(word, columns)
        if named := called(units, word):
            said |= Q(**{f"{unit}__in": named})
        q &= said
    return q


def saying_itself(words: Sequence[str], *columns: str, units: Iterable[Any] = (), unit: str = "unit_id") -> Q:
    """The same for parts of other rows: the name of a unit alone does not find all that it has."""
    own = Q(pk__in=[])
    for word in words:
        own |= _anywhere(word, columns)
    return own & saying(words, *columns, units=units, unit=unit)


def _anywhere(word: str, columns: Iterable[str]) -> Q:
    """No column says nothing: an empty Q would find every row."""
    q = Q(pk__in=[])
    for column in columns:
        q |= Q(**{f"{column}__says": word})
    return q


_INDEXED: list[tuple[type[Model], str]] = []


def index(model: type[Model], *columns: str) -> None:
    """Columns that are searched get an index on PostgreSQL. Called from an app's `ready()`."""
    _INDEXED.extend((model, column) for column in columns if (model, column) not in _INDEXED)


def install() -> None:
    """Make the indexes that are missing; nothing on SQLite.

    Search works without them, only slower: what the server does not grant (the extension, its schema, a table that
    belongs to another role) is a warning each, never the end of `migrate`.
    """
    if connection.vendor != "postgresql" or not _is_made("CREATE EXTENSION IF NOT EXISTS pg_trgm", "pg_trgm"):
        return
    existing = set(connection.introspection.table_names())
    for model, column in _INDEXED:
        table = model._meta.db_table
        if table in existing:
            name = f"{table}_{column}_words"
            expression = _DOUBLED.format(column=connection.ops.quote_name(column))
            _is_made(f"CREATE INDEX IF NOT EXISTS {name} ON {table} USING gin ({expression} gin_trgm_ops)", name)


def _is_made(statement: str, name: str) -> bool:
    """In a transaction of its own, so that one refusal leaves the rest."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError as error:
        logger.warning("Search goes without %s, which cannot be created: %s", name, error)
        return False
    return True


# --- showing where ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A part of a text; `is_hit`: it is one of the words."""

    text: str
    is_hit: bool


def marked(text: str, words: Iterable[str]) -> list[Piece]:
    """The text in pieces, the words among them told apart."""
    return list(_pieces(text, _pattern(words)))


def excerpt(text: str, words: Iterable[str]) -> list[Piece]:
    """The surroundings of the first word in a long text; empty when no word stands in it."""
    pattern, line = _pattern(words), " ".join(text.split())
    hit = pattern.search(line)
    if hit is None:
        return []
    start, end = max(0, hit.start() - AROUND), hit.end() + 2 * AROUND
    cut = ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
    return list(_pieces(cut, pattern))


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in longest_first) or r"(?!)", re.IGNORECASE)


def _pieces(text: str, pattern: re.Pattern[str]) -> Iterator[Piece]:
    last = 0
    for hit in pattern.finditer(text):
        if hit.start() > last:
            yield Piece(text[last : hit.start()], is_hit=False)
        yield Piece(hit.group(), is_hit=True)
        last = hit.end()
    if last < len(text):
        yield Piece(text[last:], is_hit=False)
