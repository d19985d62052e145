"""Facts told downward by items: how far the problems of a form are."""

from __future__ import annotations

from collections.abc import Collection

from feedback.enums import Progress, SettledAs
from feedback.models import FeedbackProblem


def settle_problems(problems: Collection[int], *, progress: Progress, settled_as: SettledAs | None = None) -> None:
    """Tell problems (ids) their items' progress and settlement, inside the items' move (the form's row is locked)."""
    told = {"progress": progress} | ({"settled_as": settled_as} if settled_as else {})
    FeedbackProblem.objects.filter(pk__in=problems).update(**told)
