"""Facts told downward by items: how far the problems of a form are."""

from __future__ import annotations

from datetime import date

from feedback.enums import Progress, SettledAs
from feedback.models import FeedbackProblem


def settle_problem(
    problem_id: int,
    *,
    progress: Progress | str | None = None,
    settled_as: SettledAs | str | None = None,
    due_on: date | None = None,
) -> None:
    """Tell a problem its item's progress, settlement or date, inside the item's move (the form's row is locked)."""
    given = {"progress": progress, "settled_as": settled_as, "due_on": due_on}
    FeedbackProblem.objects.filter(pk=problem_id).update(**{k: v for k, v in given.items() if v is not None})
