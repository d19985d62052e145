"""What the rectification app reminds people of: plans, items, reports, verifications and close-outs.

An item has one clock at a time, and so one stage; while a report of the unit covers it, the report stands for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Left
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from rectification.enums import ItemStatus, ReportStatus
from rectification.models.item import RectificationItem
from rectification.models.report import Report, ReportItem
from rectification.report_desk import COVERING, WRITING
from rectification.transitions import SUBMIT
from supervision.core.deadlines import Clock
from supervision.enums import DeadlineKind, Document
from supervision.models.signing import Endorsement
from supervision.reminding import LABEL, WHOSE, Stage, Waiting, length, register_stage
from supervision.vocabulary import Vocabulary

S = ItemStatus
LABEL_LENGTH = 255
ITEM_LABEL = Left(Concat(F("number"), Value(" "), F("title")), LABEL_LENGTH)
REPORT_LABEL = Left(Concat(F("form__number"), Value(" "), F("title")), LABEL_LENGTH)


def register() -> None:
    item, report = RectificationItem, Report
    for stage in (
        Stage("plan", gettext_lazy("报送整改方案"), item, _plans),
        Stage("plan_review", gettext_lazy("审核整改方案"), item, _plan_reviews),
        Stage("rectify", gettext_lazy("整改并报送核验"), item, _work),
        Stage("redo", gettext_lazy("退回后重新整改"), item, _redo),
        Stage("report", gettext_lazy("整改报告"), report, _drafts),
        Stage("report_signature", gettext_lazy("签批整改报告"), report, _unsigned, {Role.HEAD: Role.REPORT_DELEGATE}),
        Stage("verification", gettext_lazy("核验"), item, _verifications),
        Stage("closure", gettext_lazy("销号审批"), item, _closures),
    ):
        register_stage(stage)


def _items(whose: Any, *statuses: str, **more: Any) -> QuerySet[Any]:
    rows = RectificationItem.objects.filter(status__in=statuses, **more).exclude(clock=Clock.NONE)
    return rows.annotate(**{WHOSE: whose, LABEL: ITEM_LABEL})


def _role(role: Role) -> Value:
    return Value(role.value, CharField())


def _plans(vocabulary: Vocabulary, on: date) -> Iterator[Waiting]:
    """The unit's plan; of key items the head hands it in. What is to be mended at once has no plan."""
    whose = Case(When(is_key=True, then=_role(Role.HEAD)), default=_role(Role.LIAISON), output_field=CharField())
    plans = _items(whose, S.ASSIGNED, is_immediate=False).annotate(began_on=Coalesce("form__received_on", "opened_on"))
    yield Waiting(plans, "clock_due_on", started="began_on")
    yield Waiting(_items(_role(Role.LIAISON), S.ASSIGNED, is_immediate=True), "clock_due_on", started="opened_on")


def _work(vocabulary: Vocabulary, on: date) -> Iterator[Waiting]:
    yield Waiting(_uncovered(_items(_role(Role.LIAISON), S.IN_PROGRESS)), "clock_due_on", started="opened_on")


def _redo(vocabulary: Vocabulary, on: date) -> Iterator[Waiting]:
    rows = _uncovered(_items(_role(Role.LIAISON), S.RETURNED))
    yield Waiting(rows, "clock_due_on", given=_given(vocabulary, on, DeadlineKind.REDO))


def _uncovered(items: QuerySet[Any]) -> QuerySet[Any]:
    return items.exclude(Exists(ReportItem.objects.filter(item=OuterRef("pk"), report__status__in=COVERING)))


def _plan_reviews(vocabulary: Vocabulary, on: date) -> Iterator[Waiting]:
    return _by_route(vocabulary, on, S.PLAN_REVIEW, Document.RECTIFICATION_PLAN, "plan_round", DeadlineKind.PLAN_REVIEW)


def _closures(vocabulary: Vocabulary, on: date) -> Iterator[Waiting]:
    return _by_route(vocabulary, on, S.PENDING_CLOSE, Document.CLOSURE_SHEET, "close_round", DeadlineKind.CLOSURE)


def _by_route(
    vocabulary: Vocabulary, on: date, status: str, document: Document, round_field: str, term: DeadlineKind
) -> Iterator[Waiting]:
    """The next step of the campaign's route; steps are counted only where a route has several."""
    routes = {key[1:]: roles for key, roles in vocabulary.routes.items() if key[0] == document}
    if not routes:
        return
    whens = [
        When(Q(source=source, is_key=is_key) & _at_step(number, roles), then=_role(Role(role)))
        for (source, is_key), roles in routes.items()
        for number, role in enumerate(roles)
    ]
    rows = RectificationItem.objects.filter(status=status).exclude(clock=Clock.NONE)
    if any(len(roles) > 1 for roles in routes.values()):
        rows = rows.annotate(endorsed=_endorsed(round_field))
    whose = Case(*whens, default=Value(""), output_field=CharField())
    rows = rows.annotate(**{WHOSE: whose, LABEL: ITEM_LABEL})
    yield Waiting(rows, "clock_due_on", given=_given(vocabulary, on, term))


def _at_step(number: int, roles: tuple[str, ...]) -> Q:
    if len(roles) == 1:
        return Q()
    return Q(endorsed__gte=number) if number == len(roles) - 1 else Q(endorsed=number)


def _endorsed(round_field: str) -> Coalesce:
    steps = Endorsement.objects.filter(
        subject_kind=RectificationItem.kind, subject_id=OuterRef("pk"), round=OuterRef(round_field)
    )
    counted = steps.order_by().values("subject_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _verifications(vocabulary: Vocabulary, on: date) -> Iterator[Waiting]:
    rows = _items(_role(Role.MEMBER), S.SUBMITTED)
    yield Waiting(rows, "clock_due_on", given=_given(vocabulary, on, DeadlineKind.VERIFICATION))


def _drafts(vocabulary: Vocabulary, on: date) -> Iterator[Waiting]:
    yield _reports(Role.LIAISON, *WRITING)


def _unsigned(vocabulary: Vocabulary, on: date) -> Iterator[Waiting]:
    yield _reports(Role.HEAD, ReportStatus.PENDING_SIGNOFF)


def _reports(role: Role, *statuses: str) -> Waiting:
    """A report is due with the first of its items that is still to be handed in; all were opened with their form."""
    covered = ReportItem.objects.filter(report=OuterRef("pk"), item__status__in=SUBMIT.sources)
    first = covered.order_by("item__clock_due_on", "item_id")
    rows = Report.objects.filter(status__in=statuses).annotate(
        **{WHOSE: _role(role), LABEL: REPORT_LABEL},
        first_due_on=Subquery(first.values("item__clock_due_on")[:1]),
    )
    return Waiting(rows, "first_due_on", started="form__issued_on")


def _given(vocabulary: Vocabulary, on: date, term: DeadlineKind) -> int:
    return length(vocabulary.term(term), on, vocabulary.calendar)
