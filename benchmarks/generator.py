"""A province's items in bulk: forms, problems, items in every state, measures, reports, verifications, sheets, events.

What a service would have written stands in the rows: numbers, clocks, signatures, chains of events, counters. Files
do not: no item has evidence. Every tenth item has its whole history, the others the event that brought them here.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from benchmarks.lives import FormLife, Life, Lives
from benchmarks.province import found_province
from benchmarks.writing import AT_ONCE, Table, bulk
from feedback.enums import FormStatus
from feedback.models import FeedbackForm, FeedbackProblem, Receipt
from rectification.demo.plot import Trouble, troubles
from rectification.enums import SETTLED, ItemStatus, MeasureState, ReportedProgress, ReportStatus, VerificationWay
from rectification.models import Measure, RectificationItem, Report, ReportItem, Verification
from rectification.models.closure import ClosureSheet
from rectification.models.verification import MeasureResult
from rectification.services import counts
from rectification.services.moving import PROGRESS_OF, SETTLED_AS
from supervision.core.deadlines import Clock
from supervision.core.events import verb
from supervision.core.models.event import Event
from supervision.core.workdays import load_calendar
from supervision.enums import DeadlineKind, SignatureForm
from supervision.models.campaign import Campaign
from supervision.models.organisation import Unit
from supervision.models.signing import Signature
from supervision.vocabulary import vocabulary_of

S = ItemStatus
SEED = "dudao"
WHOLE_STORY_EVERY = 10
KEY_SHARE = 0.15
DRAFTING = 0.15  # of the forms with work in progress have a report in the making
HAS_PLAN = frozenset(set(S) - {S.PENDING, S.ASSIGNED, S.CANCELLED})
WAS_SUBMITTED = frozenset({S.SUBMITTED, S.RETURNED, S.PENDING_CLOSE, S.CLOSED})
VERBS = {
    S.PENDING: "item.opened",
    S.ASSIGNED: "item.assigned",
    S.PLAN_REVIEW: "item.plan_submitted",
    S.IN_PROGRESS: "item.plan_approved",
    S.SUBMITTED: "item.submitted",
    S.RETURNED: "item.returned",
    S.PENDING_CLOSE: "item.verified",
    S.CLOSED: "item.closed",
    S.CANCELLED: "item.cancelled",
}
TERMS: dict[str, DeadlineKind] = {
    S.PLAN_REVIEW: DeadlineKind.PLAN_REVIEW,
    S.SUBMITTED: DeadlineKind.VERIFICATION,
    S.PENDING_CLOSE: DeadlineKind.CLOSURE,
}
MODELS = (FeedbackForm, FeedbackProblem, Receipt, RectificationItem, Measure, Report, ReportItem, Signature,
          Verification, MeasureResult, ClosureSheet, Event)  # fmt: skip


@transaction.atomic
def generate(items: int, *, at: datetime, units: int = 200, seed: str = SEED) -> Campaign:
    """A running campaign with so many items; the counters say what a recount says."""
    campaign, people = found_province(units=units, at=at)
    filling = Filling(campaign, people, at, random.Random(f"{seed} rows"))
    with bulk(list(filling.tables.values())):
        for life in Lives(seed, load_calendar(), campaign.day_of(at)).told(items):
            filling.add(life)
        filling.write()
    counts.recount()
    return campaign


@dataclass
class Made:
    """An item as far as the rows that follow it need to know it."""

    pk: int
    life: Life
    measures: list[int]


@dataclass
class Filling:
    """Writes one form after the other with everything that hangs on it."""

    campaign: Campaign
    people: dict[str, User]
    at: datetime
    chance: random.Random
    tables: dict[Any, Table] = field(init=False)

    def __post_init__(self) -> None:
        self.tables = {model: Table(model) for model in MODELS}
        self.units = list(self.campaign.units.filter(team__isnull=False).select_related("team", "body"))
        self.weights = [self.chance.uniform(0.3, 2) for _unit in self.units]
        self.words = vocabulary_of(self.campaign.pk)
        self.categories = {row.code: row.pk for row in self.words.categories}
        self.severities = {row.is_key: row.pk for row in self.words.severities}
        self.rules = {row.is_immediate: row for row in self.words.deadline_rules if row.for_problems}
        self.troubles = list(troubles().values())
        self.zone = ZoneInfo(self.campaign.time_zone)

    def write(self) -> None:
        for table in self.tables.values():
            table.write()

    def member_of(self, unit: Unit, seat: str) -> User:
        assert unit.team is not None  # the query leaves out units without one
        return self.people[f"{unit.team.code}-{seat}"]

    def moment(self, day: date, hour: int) -> datetime:
        """That hour of that day, in UTC as events are sealed; never after now."""
        return min(datetime.combine(day, time(hour), self.zone).astimezone(UTC), self.at)

    def add(self, life: FormLife) -> None:
        unit = self.chance.choices(self.units, self.weights)[0]
        scope = {"campaign_id": unit.campaign_id, "body_id": unit.body_id, "team_id": unit.team_id, "unit_id": unit.pk}
        form = self._form(life, unit, scope)
        made = [self._item(form, order, life, each, unit, scope) for order, each in enumerate(life.items, 1)]
        self._reports(form, life, unit, scope, made)
        if len(self.tables[Event].rows) >= AT_ONCE:
            self.write()

    def _form(self, life: FormLife, unit: Unit, scope: dict[str, Any]) -> dict[str, Any]:
        number = f"晋教整督〔{life.issued_on.year}〕{self.tables[FeedbackForm].last + 1}号"
        settled = all(item.status in SETTLED for item in life.items)
        status = FormStatus.ISSUED if life.received_on is None else FormStatus.ACKNOWLEDGED
        issued_at, phase = self.moment(life.issued_on, 9), self.words.phase_on(life.issued_on) or self.words.phases[0]
        leader = self.member_of(unit, "lead")
        facts = {
            **scope, "phase_id": phase.pk, "status": FormStatus.CLOSED if settled else status,
            "number": number, "title": f"关于{unit.name}队伍教育整顿督导检查的反馈单", "requirement": "逐项整改。",
            "created_by_id": self.member_of(unit, "member").pk, "created_at": issued_at, "signer_id": leader.pk,
            "issued_at": issued_at, "issued_on": life.issued_on, "received_on": life.received_on,
            "receipt_due_on": self.words.due(DeadlineKind.RECEIPT, life.issued_on),
        }  # fmt: skip
        facts["id"] = self.tables[FeedbackForm].add(**facts)
        if life.received_on is not None:
            self.tables[Receipt].add(
                form_id=facts["id"], version=1, name=f"{unit.name}联络员", post="教育整顿联络员",
                received_at=self.moment(life.received_on, 10), received_on=life.received_on,
            )  # fmt: skip
        return facts

    def _item(
        self, form: dict[str, Any], order: int, form_life: FormLife, life: Life, unit: Unit, scope: dict[str, Any]
    ) -> Made:
        trouble, is_key = self.chance.choice(self.troubles), self.chance.random() < KEY_SHARE
        rule = self.rules[life.is_immediate]
        due_on = rule.term.end(form_life.received_on or form["receipt_due_on"], self.words.calendar)
        problem = self.tables[FeedbackProblem].add(
            form_id=form["id"], order=order, category_id=self.categories[trouble.category],
            severity_id=self.severities[is_key], title=trouble.title, fact=trouble.fact, basis=trouble.basis,
            requirement=trouble.requirement, deadline_rule_id=rule.pk, term_amount=rule.amount, term_unit=rule.unit,
            term_from=rule.counts_from, due_on=due_on, progress=PROGRESS_OF[life.status].value,
            settled_as=SETTLED_AS.get(life.status, ""),
        )  # fmt: skip
        facts = {
            **scope, "form_id": form["id"], "problem_id": problem, "phase_id": form["phase_id"],
            "category_id": self.categories[trouble.category], "source": "team", "is_key": is_key,
            "is_immediate": life.is_immediate, "number": f"{form['number']}-{order}", "title": trouble.title,
            "status": life.status, "due_on": due_on, "original_due_on": due_on, "opened_on": form_life.issued_on,
            **self._clock(life, is_key, due_on, form_life), **self._plan(life, trouble, unit, form_life),
            **self._submission(life, unit, due_on),
        }  # fmt: skip
        pk = self.tables[RectificationItem].add(**facts)
        made = Made(pk, life, self._measures(pk, life, trouble, due_on) if life.status in HAS_PLAN else [])
        self._events(made, f"{facts['number']} {facts['title']}", form_life, unit, scope)
        self._verification(made, unit)
        return made

    def _clock(self, life: Life, is_key: bool, due_on: date, form_life: FormLife) -> dict[str, Any]:
        """Whose time runs, as each move would have set it."""
        last = life.steps[-1][1] if life.steps else due_on
        clock, until = Clock.UNIT, due_on
        if life.status in SETTLED:
            clock = Clock.NONE
        elif life.status in TERMS:
            clock, until = Clock.TEAM, self.words.due(TERMS[life.status], last)
        if life.status == S.PENDING_CLOSE or (life.status == S.PLAN_REVIEW and is_key):
            clock = Clock.OFFICE
        if life.status == S.RETURNED:
            until = max(due_on, self.words.due(DeadlineKind.REDO, last))
        if life.status == S.ASSIGNED and not life.is_immediate and form_life.received_on:
            until = self.words.due(DeadlineKind.PLAN, form_life.received_on)
        return {"clock": clock, "clock_due_on": until}

    def _plan(self, life: Life, trouble: Trouble, unit: Unit, form_life: FormLife) -> dict[str, Any]:
        if form_life.received_on is None:
            return {}
        told: dict[str, Any] = {"plan_due_on": self.words.due(DeadlineKind.PLAN, form_life.received_on)}
        if life.status in HAS_PLAN:
            told |= {
                "goal": trouble.goal, "root_cause": trouble.cause, "responsible_leader": f"{unit.name}分管负责人",
                "responsible_person": f"{unit.name}办公室主任", "plan_version": 1, "plan_round": 1,
                "plan_submitted_by_id": self.people[unit.code].pk,
            }  # fmt: skip
        return told

    def _submission(self, life: Life, unit: Unit, due_on: date) -> dict[str, Any]:
        submitted_on = life.day_of(S.SUBMITTED)
        if submitted_on is None:
            return {}
        return {
            "submitted_on": submitted_on, "submitted_at": self.moment(submitted_on, 15),
            "submitted_by_id": self.people[f"{unit.code}-head"].pk, "late": submitted_on > due_on,
            "returns": life.returns, "return_note": "请补充落实情况。" if life.status == S.RETURNED else "",
            "closed_on": life.day_of(S.CLOSED),
            "close_round": int(life.status in (S.PENDING_CLOSE, S.CLOSED)),
        }  # fmt: skip

    def _measures(self, item: int, life: Life, trouble: Trouble, due_on: date) -> list[int]:
        done_on = life.day_of(S.SUBMITTED)
        state = MeasureState.DONE if done_on else MeasureState.DOING
        return [
            self.tables[Measure].add(
                item_id=item, order=order, text=text, responsible_person="办公室主任", due_on=due_on, state=state,
                result="已按要求完成。" if done_on else "", done_on=done_on,
            )
            for order, text in enumerate(trouble.measures, 1)
        ]  # fmt: skip

    def _events(self, made: Made, label: str, form_life: FormLife, unit: Unit, scope: dict[str, Any]) -> None:
        """The whole chain of every tenth item, else the last event; sealed like every other."""
        told: list[tuple[str, date]] = [(S.PENDING, form_life.issued_on)]
        if form_life.received_on is not None:
            told += [(S.ASSIGNED, form_life.received_on), *made.life.steps]
        previous_hash, was = "", ""
        told = told if made.pk % WHOLE_STORY_EVERY == 0 else told[-1:]
        for sequence, (status, day) in enumerate(told, 1):
            name = VERBS[S(status)]
            by_unit = status in (S.ASSIGNED, S.PLAN_REVIEW)
            person = self.people[unit.code] if by_unit else self.member_of(unit, "lead")
            event = Event(
                verb=name, subject_kind=RectificationItem.kind, subject_id=made.pk, label=label[:255], **scope,
                audience=verb(name).audience, actor_id=person.pk, actor_name=person.name, actor_post=person.post,
                was=was, now=status, payload={}, at=self.moment(day, 9 + sequence), sequence=sequence,
                previous_hash=previous_hash,
            )  # fmt: skip
            event.seal()
            previous_hash, was = event.hash, status
            names = [each.attname for each in Event._meta.concrete_fields if not each.primary_key]
            self.tables[Event].add(**{name: getattr(event, name) for name in names} | {"recorded_at": event.at})

    def _verification(self, made: Made, unit: Unit) -> None:
        """Two members saw each measure; what is closed has its sheet."""
        verified_on = made.life.day_of(S.PENDING_CLOSE)
        if verified_on is None:
            return
        at = self.moment(verified_on, 11)
        verification = self.tables[Verification].add(
            item_id=made.pk, round=made.life.returns + 1, way=VerificationWay.ON_SITE, verified_on=verified_on,
            place=unit.name, opinion="措施已落实。", author_id=self.member_of(unit, "member").pk, recorded_at=at,
            second_verifier_id=self.member_of(unit, "member-2").pk, confirmed_at=at,
        )  # fmt: skip
        for measure in made.measures:
            self.tables[MeasureResult].add(verification_id=verification, measure_id=measure, holds=True)
        if (closed_on := made.life.day_of(S.CLOSED)) is not None:
            self.tables[ClosureSheet].add(
                item_id=made.pk, number=f"晋教整销〔{closed_on.year}〕{made.pk}号", effect="制度已建立并执行。",
                opinion="同意销号。", ticked=[row.code for row in self.words.close_requirements],
                decided_by_id=self.people[f"{unit.body.code}-office"].pk, decided_at=self.moment(closed_on, 16),
                decided_on=closed_on,
            )  # fmt: skip

    def _reports(
        self, form: dict[str, Any], life: FormLife, unit: Unit, scope: dict[str, Any], made: list[Made]
    ) -> None:
        """One signed report answers for everything handed in; now and then the next one is being written."""
        signed = [each for each in made if each.life.status in WAS_SUBMITTED]
        if signed:
            self._signed_report(form, unit, scope, signed)
        working = [each for each in made if each.life.status == S.IN_PROGRESS]
        if working and self.chance.random() < DRAFTING:
            self._report(form, unit, scope, working, ReportStatus.DRAFT, version=0, created_at=self.at)

    def _signed_report(self, form: dict[str, Any], unit: Unit, scope: dict[str, Any], signed: list[Made]) -> None:
        on = max(each.life.day_of(S.SUBMITTED) or form["issued_on"] for each in signed)
        statuses = {each.life.status for each in signed}
        status = ReportStatus.SUBMITTED if S.SUBMITTED in statuses else ReportStatus.APPROVED
        head, at = self.people[f"{unit.code}-head"], self.moment(on, 15)
        pk = self._report(
            form, unit, scope, signed, ReportStatus.RETURNED if S.RETURNED in statuses else status, version=1,
            created_at=at - timedelta(hours=2), sent_by_id=self.people[unit.code].pk, filed_at=at, signed_at=at,
            signer_id=head.pk, counted_on=on,
        )  # fmt: skip
        self.tables[Signature].add(
            subject_kind=Report.kind, subject_id=pk, act="report.sign", form=SignatureForm.SCREEN, signer_id=head.pk,
            signer_name=head.name, signer_post=head.post, signed_on=on, entered_by_id=head.pk, entered_at=at,
        )  # fmt: skip

    def _report(
        self, form: dict[str, Any], unit: Unit, scope: dict[str, Any], made: list[Made], status: str, **facts: Any
    ) -> int:
        pk = self.tables[Report].add(
            **scope, form_id=form["id"], status=status, title=f"{unit.name}整改情况报告", overall="领导重视。",
            rules_made="制度一项。", next_steps="继续巩固。", drafted_by_id=self.people[unit.code].pk, **facts,
        )  # fmt: skip
        for each in made:
            self.tables[ReportItem].add(
                report_id=pk, item_id=each.pk, progress=ReportedProgress.DONE, text="已按方案完成整改。"
            )
        return pk
