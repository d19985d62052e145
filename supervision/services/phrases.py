"""Wording that the team has used before: titles and bases of its reviewed problems, never their facts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import F

from accounts.models import User
from supervision.enums import InspectionStatus
from supervision.models.inspection import Inspection
from supervision.models.problem import Problem, ProblemQuerySet
from supervision.models.vocabulary import Category

READ = 300  # the newest problems that are looked through
OFFERED = 6


@dataclass(frozen=True)
class Phrase:
    """One wording; `pk` is the newest problem that has it."""

    pk: int
    title: str
    basis: str
    category: str
    times: int


def phrases_for(inspection: Inspection, user: User, category: Category | None) -> list[Phrase]:
    """The team's own wordings for the category, else for its focus, the most used first.

    What names a unit is left out: a phrase is for every unit. Other teams' problems are never read.
    """
    rows = _reviewed(inspection, user)
    if category is None:
        found = _most_used(rows.filter(category__focus__in=inspection.foci.all()))
        return found or _most_used(rows)
    found = _most_used(rows.filter(category=category))
    if len(found) < OFFERED and category.focus_id is not None:
        known = {(phrase.title, phrase.basis) for phrase in found}
        near = _most_used(rows.filter(category__focus_id=category.focus_id).exclude(category=category))
        found += [phrase for phrase in near if (phrase.title, phrase.basis) not in known]
    return found[:OFFERED]


def phrase(inspection: Inspection, user: User, pk: int) -> Problem | None:
    """The problem behind a phrase, when the reader was offered it."""
    return _reviewed(inspection, user).filter(pk=pk).first()


def _reviewed(inspection: Inspection, user: User) -> ProblemQuerySet:
    rows = Problem.objects.visible_to(user).filter(
        campaign_id=inspection.campaign_id,
        team_id=inspection.team_id,
        inspection__status=InspectionStatus.CONCLUDED,
    )
    return rows.exclude(title__contains=F("unit__name")).exclude(basis__contains=F("unit__name"))


def _most_used(rows: ProblemQuerySet) -> list[Phrase]:
    read = rows.order_by("-pk").values_list("pk", "title", "basis", "category__name")[:READ]
    times: Counter[tuple[str, str]] = Counter()
    newest: dict[tuple[str, str], tuple[int, str]] = {}
    for pk, title, basis, category in read:
        key = (title.strip(), basis.strip())
        times[key] += 1
        newest.setdefault(key, (pk, category))
    return [Phrase(newest[key][0], key[0], key[1], newest[key][1], count) for key, count in times.most_common(OFFERED)]
