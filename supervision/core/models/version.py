"""One row whose number rises whenever a campaign's vocabulary or the calendar is edited.

Processes keep vocabulary in memory; comparing this number costs one query and makes every process see an edit at
its next request (supervision/vocabulary.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.db.models import F

_steady: ContextVar[list[int | None] | None] = ContextVar("steady", default=None)


@contextmanager
def steady() -> Iterator[None]:
    """Within one request the version is asked once, so that all of its parts see the same vocabulary."""
    token = _steady.set([None])
    try:
        yield
    finally:
        _steady.reset(token)


class VocabularyVersion(models.Model):
    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="vocabulary_version_single", condition=models.Q(id=1))]

    @classmethod
    def current(cls) -> int:
        kept = _steady.get()
        if kept is not None and kept[0] is not None:
            return kept[0]
        number = cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0
        if kept is not None:
            kept[0] = number
        return number

    @classmethod
    def rise(cls) -> None:
        """Tell every process to read its vocabulary anew."""
        if not cls.objects.filter(pk=1).update(number=F("number") + 1):
            cls.objects.get_or_create(pk=1, defaults={"number": 1})
        kept = _steady.get()
        if kept is not None:
            kept[0] = None


class VocabularyRow(models.Model):
    """A row the office may edit; saving or deleting it raises the version."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        VocabularyVersion.rise()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        result = super().delete(*args, **kwargs)
        VocabularyVersion.rise()
        return result
