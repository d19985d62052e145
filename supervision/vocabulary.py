"""A campaign's vocabulary, kept in the process and read anew when its version rises: one query a call when warm."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TypeVar

from django.utils.translation import gettext as _

from accounts.roles import Role
from supervision.core.deadlines import Term
from supervision.core.models.number import NumberSeries
from supervision.core.models.version import VocabularyVersion
from supervision.core.workdays import Calendar, load_calendar
from supervision.models.campaign import Campaign, Phase
from supervision.models.reminding import ReminderRung, ReminderStep
from supervision.models.shared_view import SharedView
from supervision.models.vocabulary import (
    ApprovalStep,
    Category,
    CloseRequirement,
    ContactWay,
    DeadlineRule,
    DraftKind,
    Focus,
    LightRule,
    Method,
    RetirableRow,
    Severity,
    offered,
)


@dataclass(frozen=True)
class Vocabulary:
    """Everything of a campaign that rarely changes. Treat the rows as read-only.

    Deadline rules, categories and severities are all there, retired ones too (`in_use` leaves them out): a draft
    finds the rule it was given, the ledger what was filed under a retired category. Of the others only what is in use.
    """

    version: int
    campaign: Campaign
    calendar: Calendar
    phases: tuple[Phase, ...]
    foci: tuple[Focus, ...]
    methods: tuple[Method, ...]
    categories: tuple[Category, ...]
    severities: tuple[Severity, ...]
    deadline_rules: tuple[DeadlineRule, ...]
    close_requirements: tuple[CloseRequirement, ...]
    light_rules: tuple[LightRule, ...]
    contact_ways: tuple[ContactWay, ...]
    draft_kinds: tuple[DraftKind, ...]
    routes: dict[tuple[str, str, bool], tuple[str, ...]]
    number_series: frozenset[str]
    shared_views: tuple[SharedView, ...] = ()
    reminder_rungs: tuple[ReminderRung, ...] = ()
    reminder_steps: tuple[ReminderStep, ...] = ()

    def series(self, kind: str, body_code: str) -> str:
        """The code of the body's own number series for that kind of paper, else of the campaign's common one."""
        own = f"{kind}:{body_code}"
        return own if own in self.number_series else kind

    def term(self, code: str) -> Term:
        """The term of a deadline rule; a campaign without it is misconfigured (LookupError naming the code)."""
        for rule in self.deadline_rules:
            if rule.code == code:
                return rule.term
        raise LookupError(f"Campaign {self.campaign.code} has no deadline rule {code!r}.")

    def due(self, code: str, start: date) -> date:
        """The last day of the rule's term counted from `start`."""
        return self.term(code).end(start, self.calendar)

    def route(self, document: str, source: str, is_key: bool) -> tuple[str, ...]:
        """The roles of the steps in order; the last one signs. No route is a misconfiguration (LookupError)."""
        try:
            return self.routes[document, source, is_key]
        except KeyError:
            raise LookupError(
                f"Campaign {self.campaign.code} has no approval route for {document}, {source}, key={is_key}."
            ) from None

    def role_word(self, role: str) -> str:
        """The campaign's own word for a role, else the field's standard one."""
        return self.campaign.role_words.get(role) or str(Role(role).label)

    def acting_word(self, role: str) -> str:
        """代行组长: what somebody is who stands in."""
        return _("代行%(role)s") % {"role": self.role_word(role)}

    def phase_on(self, on: date) -> Phase | None:
        """The phase that runs on that day; where two overlap, the later one."""
        running = [phase for phase in self.phases if phase.starts_on <= on <= phase.ends_on]
        return running[-1] if running else None


Word = TypeVar("Word", bound=RetirableRow)


def in_use(rows: Iterable[Word], *, keeping: int | None = None) -> tuple[Word, ...]:
    """What forms offer of these rows: all but the retired, and the one that the edited object has already."""
    return tuple(row for row in rows if not row.is_retired or row.pk == keeping)


_KEPT: dict[int, Vocabulary] = {}


def vocabulary_of(campaign_id: int) -> Vocabulary:
    """The campaign's vocabulary; costs one query unless something was edited since."""
    version = VocabularyVersion.current()
    kept = _KEPT.get(campaign_id)
    if kept is None or kept.version != version:
        kept = _KEPT[campaign_id] = _read(campaign_id, version)
    return kept


def forget() -> None:
    """Drop what this process keeps; for tests whose database was emptied."""
    _KEPT.clear()


def _read(campaign_id: int, version: int) -> Vocabulary:
    of = {"campaign_id": campaign_id}
    steps = (
        ApprovalStep.objects.filter(route__campaign_id=campaign_id)
        .order_by("route_id", "number")
        .values_list("route__document", "route__source", "route__is_key", "role")
    )
    routes = {key: tuple(row[3] for row in rows) for key, rows in groupby(steps, key=lambda row: row[:3])}
    return Vocabulary(
        version=version,
        campaign=Campaign.objects.get(pk=campaign_id),
        calendar=load_calendar(),
        phases=tuple(Phase.objects.filter(**of)),
        foci=tuple(offered(Focus.objects.filter(**of)).prefetch_related("points")),
        methods=tuple(offered(Method.objects.filter(**of))),
        categories=tuple(Category.objects.filter(**of).select_related("focus")),
        severities=tuple(Severity.objects.filter(**of)),
        deadline_rules=tuple(DeadlineRule.objects.filter(**of)),
        close_requirements=tuple(offered(CloseRequirement.objects.filter(**of))),
        light_rules=tuple(offered(LightRule.objects.filter(**of))),
        contact_ways=tuple(offered(ContactWay.objects.filter(**of))),
        draft_kinds=tuple(offered(DraftKind.objects.filter(**of))),
        routes=routes,
        shared_views=tuple(SharedView.objects.filter(**of)),
        reminder_rungs=tuple(offered(ReminderRung.objects.filter(**of))),
        reminder_steps=tuple(offered(ReminderStep.objects.filter(**of))),
        number_series=frozenset(NumberSeries.objects.filter(**of).values_list("code", flat=True)),
    )
