"""A visit told on one page: what was done, looked at and found, what is still missing and where it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Field, Prefetch, Q, prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from supervision import guards, rules
from supervision.core.models.event import Event
from supervision.core.models.file import StoredFile
from supervision.core.parts import Mend
from supervision.core.refusals import Condition, Sentence
from supervision.core.transitions import Situation
from supervision.enums import MethodKind
from supervision.models.inspection import ChecklistResult, Inspection, InspectionMethod, InspectionRecord, TalkRecord
from supervision.models.problem import Problem
from supervision.models.vocabulary import ChecklistPoint, Focus
from supervision.transitions import CONCLUDE, ENDORSE, LOG
from supervision.vocabulary import vocabulary_of

COUNTED = ("people_talked", "files_read", "households", "people_tested", "people_passed")


@dataclass(frozen=True)
class Figure:
    """One sum over all records, such as 谈话人数 12."""

    label: Sentence
    value: str


@dataclass(frozen=True)
class FocusLook:
    """What was looked at of one focus, and what was not."""

    focus: Focus
    looked: tuple[ChecklistResult, ...]
    missed: tuple[ChecklistPoint, ...]


@dataclass(frozen=True)
class ProblemLine:
    """A problem, what it still lacks, and its photos, which are read only when they are shown."""

    story: VisitStory
    problem: Problem

    @property
    def url(self) -> str:
        return reverse("supervision:problem", args=[self.story.inspection.pk, self.problem.pk])

    @property
    def photos(self) -> list[StoredFile]:
        return self.story.files.get((Problem.kind, self.problem.pk), [])

    @property
    def missing(self) -> list[str]:
        has_photo = bool(getattr(self.problem, "photo_count", 0))
        return list(guards.missing_of(self.problem, has_photo=has_photo))


def prefetch(inspection: Inspection, *, inside: bool) -> None:
    """Everything that the guards and the story read, each in one query; nothing of the log for its unit."""
    wanted: list[str | Prefetch[Any]] = ["foci", Prefetch("methods", InspectionMethod.objects.select_related("method"))]
    if inside:
        wanted.append("present")
    if inside and inspection.started_at is not None:
        problems = Problem.objects.select_related("category", "severity", "witness", "second_witness")
        wanted += [
            Prefetch("records", InspectionRecord.objects.select_related("method", "author")),
            Prefetch("problems", problems.with_photo_count()),
        ]
        if inspection.status in CONCLUDE.sources:  # its guard asks who wrote what
            wanted.append(Prefetch("checklist", ChecklistResult.objects.select_related("point")))
    prefetch_related_objects([inspection], *wanted)


class VisitStory:
    """Reads what `prefetch` brought, and what the page shows besides on first use.

    `reader` decides about talk records alone: they are the team's.
    """

    def __init__(self, inspection: Inspection, reader: User) -> None:
        self.inspection, self.reader = inspection, reader

    @cached_property
    def files(self) -> dict[tuple[str, int], list[StoredFile]]:
        """The photos of the visit and of its problems, in one query."""
        problems = [problem.pk for problem in self.inspection.problems.all()]
        of_visit = Q(subject_kind=Inspection.kind, subject_id=self.inspection.pk)
        of_problems = Q(subject_kind=Problem.kind, subject_id__in=problems)
        found: dict[tuple[str, int], list[StoredFile]] = {}
        for stored in StoredFile.objects.filter(of_visit | of_problems).order_by("pk"):
            found.setdefault((stored.subject_kind, stored.subject_id), []).append(stored)
        return found

    @property
    def photos(self) -> list[StoredFile]:
        return self.files.get((Inspection.kind, self.inspection.pk), [])

    @cached_property
    def problems(self) -> list[ProblemLine]:
        """None before the start, without a query."""
        if self.inspection.started_at is None:
            return []
        return [ProblemLine(self, problem) for problem in self.inspection.problems.all()]

    @property
    def mended(self) -> int:
        return sum(line.problem.mended_on_spot for line in self.problems)

    @property
    def unchecked(self) -> int:
        """Problems that nobody of the unit has been shown."""
        return sum(not line.problem.shown_to for line in self.problems)

    @cached_property
    def may_write(self) -> bool:
        """Is the log theirs to complete? The offices and the sponsor read it."""
        at = timezone.now()
        return LOG.is_allowed(self.inspection, Situation(self.reader, at, self.inspection.campaign.day_of(at)))

    @cached_property
    def sees_talks(self) -> bool:
        return self.inspection.team_id in self.reader.scope.ids(*rules.TEAM_PEOPLE)

    @cached_property
    def talks(self) -> list[TalkRecord]:
        """None for whoever is not of the team."""
        if not self.sees_talks:
            return []
        return list(TalkRecord.objects.visible_to(self.reader).filter(inspection=self.inspection))

    @cached_property
    def foci(self) -> list[FocusLook]:
        results = {row.point_id: row for row in self.inspection.checklist.all()}
        looks: dict[int, tuple[Focus, list[ChecklistResult], list[ChecklistPoint]]] = {}
        for focus, point in self._points:
            _focus, looked, missed = looks.setdefault(focus.pk, (focus, [], []))
            result = results.get(point.pk)
            if result is not None and (result.looked_at or result.finding.strip()):
                looked.append(result)
            else:
                missed.append(point)
        return [FocusLook(focus, tuple(looked), tuple(missed)) for focus, looked, missed in looks.values()]

    @cached_property
    def _points(self) -> list[tuple[Focus, ChecklistPoint]]:
        """The checklist of the visit's foci in its phase, from the campaign's words."""
        chosen = {focus.pk for focus in self.inspection.foci.all()}
        asked = (None, self.inspection.phase_id)
        foci = [focus for focus in vocabulary_of(self.inspection.campaign_id).foci if focus.pk in chosen]
        return [(focus, point) for focus in foci for point in focus.points.all() if point.phase_id in asked]

    @property
    def points(self) -> int:
        return len(self._points)

    @cached_property
    def sums(self) -> list[Figure]:
        """The counts of all records summed; what nobody counted is not shown."""
        records = list(self.inspection.records.all())
        found = list(_sums(records))
        shares = [record.satisfaction for record in records if record.satisfaction is not None]
        if shares:
            found.append(Figure(_label("satisfaction"), _range(shares)))
        return found

    @property
    def skipped(self) -> list[Any]:
        """Planned acts without a record, with the reason that was given."""
        recorded = {record.method_id for record in self.inspection.records.all()}
        rows = self.inspection.methods.all()
        return [row for row in rows if row.method.kind == MethodKind.ACT and row.method_id not in recorded]

    # --- what is missing ----------------------------------------------------------------------------------------------

    def mends(self, conditions: Iterable[Condition]) -> tuple[Mend, ...]:
        """Unmet conditions, each point of a longer list a line of its own with the page that mends it."""
        return tuple(mend for condition in conditions for mend in self._mends_of(condition))

    def _mends_of(self, condition: Condition) -> Iterator[Mend]:
        log = reverse("supervision:inspection-log", args=[self.inspection.pk])
        if condition.name == "planned_methods_are_answered":
            yield from self._methods_to_answer(log)
        elif condition.name == "problems_are_complete":
            for number, line in enumerate(self.problems, start=1):
                if line.missing:
                    facts = {"number": number, "title": line.problem.title, "missing": "、".join(line.missing)}
                    yield Mend(_("问题%(number)d“%(title)s”缺少：%(missing)s") % facts, url=line.url)
        else:
            yield Mend(condition.sentence, condition.details)

    def _methods_to_answer(self, log: str) -> Iterator[Mend]:
        new = reverse("supervision:record-create", args=[self.inspection.pk])
        for row in self.skipped:
            if not row.skip_reason.strip():
                sentence = _("“%(method)s”还没有记录，也没有写明未采用的原因") % {"method": row.method.name}
                yield Mend(sentence, url=f"{new}?method={row.method_id}", label=_("写记录"))
        yield Mend(_("没有采用的方法，写明原因即可。"), url=f"{log}#summary", label=_("写原因"))


def _sums(records: list[InspectionRecord]) -> Iterator[Figure]:
    for name in COUNTED:
        values = [getattr(record, name) for record in records if getattr(record, name) is not None]
        if values:
            yield Figure(_label(name), str(sum(values)))


def _label(name: str) -> Sentence:
    field = InspectionRecord._meta.get_field(name)
    assert isinstance(field, Field)
    return field.verbose_name


def _range(shares: list[Decimal]) -> str:
    least, most = min(shares).normalize(), max(shares).normalize()
    return f"{least:f}" if least == most else f"{least:f}–{most:f}"


def milestones(events: Iterable[Event]) -> tuple[list[Event], list[Event]]:
    """The events that moved the visit on, and those that only filled its log."""
    moved: list[Event] = []
    filled: list[Event] = []
    for event in events:
        weighs = event.now or event.note or event.verb in (ENDORSE.verb, "inspection.opened")
        (moved if weighs else filled).append(event)
    return moved, filled
