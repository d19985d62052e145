"""Judges each act of a play by the law book, and after each step everything that must hold whatever was done."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from rectification import ledger
from rectification.models import ClosureSheet, RectificationItem
from supervision.core.deadlines import Clock
from supervision.core.events import is_chain_intact
from supervision.core.models import DeadlineChange, Event, Paper
from supervision.core.refusals import Refusal
from tests.long import lawbook
from tests.long.play import MODELS, Act, Play

VERBS = {(kind, law.verb): law for kind, laws in lawbook.LAWS.items() for law in laws.values()}
HANDED_IN = ("submitted", "pending_close")


class Referee:
    """Keeps its own books: it asks the product only what there is, never who may or what should come of it."""

    def __init__(self, play: Play, is_key: list[bool]) -> None:
        self.play, self.cast, self.is_key = play, play.cast, is_key
        self.rounds: Counter[tuple[str, int]] = Counter()
        self.drafter_of: dict[int, str] = {}
        self.filed_on: dict[int, date] = {}
        self.original: dict[int, date] = {}
        self.due: dict[int, date] = {}
        self.late: dict[int, bool] = {}
        self.form_number = ""
        self.actors: set[str] = set()
        self.accepted: set[tuple[str, str]] = set()
        self.last_event = self._newest(Event)
        self.last_change = self._newest(DeadlineChange)

    @staticmethod
    def _newest(model: Any) -> int:
        return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0

    # --- who may ------------------------------------------------------------------------------------------------------

    def who_may(self, kind: str, move: str, pk: int, paper: Any = None, *, by_role: bool = False) -> set[str]:
        """Whom the law names; `by_role`: as if duties need not be kept apart."""
        cast = self.cast.without_history if by_role else self.cast
        if kind == "feedback_form":
            return lawbook.who_may_form(cast, move, pk, self.rounds["feedback_form", pk])
        if kind == "rectification_item":
            rounds = (self.rounds["rectification_plan", pk], self.rounds["closure_sheet", pk])
            return lawbook.who_may_item(cast, move, pk, *rounds)
        if kind == "report":
            return lawbook.who_may_report(cast, move, pk, on_paper=paper is not None)
        return lawbook.who_may_inspection(cast, move, pk)

    def signers(self, act: Act) -> set[str]:
        """Whose name may stand on the paper."""
        if act.move == "issue_on_paper":
            team = self.cast.leaders(self.cast.drafter)
            return (team if self.cast.source == "team" else {"office-lead"}) - {self.cast.drafter}
        if act.move == "acknowledge":
            return self.cast.unit_signers | self.cast.liaisons
        return self.cast.unit_signers - self.cast.report_makers[act.pk]

    # --- one act ------------------------------------------------------------------------------------------------------

    def rows(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Every row of the play as the database has it."""
        subjects = self.play.subjects
        return {
            (kind, row["id"]): row
            for kind, model in MODELS.items()
            for row in model.objects.filter(pk__in=[each.pk for each in subjects if each.kind == kind]).values()
        }

    def attempt(self, act: Act) -> Refusal | None:
        """Make the act; judge that it was rightly made, or that a refusal changed nothing. Returns the refusal."""
        before, may = self.rows(), self.who_may(act.kind, act.move, act.pk, act.inputs.get("paper"))
        try:
            self.play.make(act)
        except Refusal as refusal:
            assert self.rows() == before, f"{act} was refused and yet changed something"
            assert self._newest(Event) == self.last_event, f"{act} was refused and yet left an event"
            return refusal
        law = lawbook.LAWS[act.kind][act.move]
        assert before[act.kind, act.pk]["status"] in law.sources, f"{act} from {before[act.kind, act.pk]['status']}"
        assert act.username in may, f"{act} passed; entitled were {sorted(may)}"
        if paper := act.inputs.get("paper"):
            assert paper.signer.username in self.signers(act), f"{act} signed by {paper.signer}"
        self.accepted.add(act.name)
        self.actors.add(act.username)
        self.judge_events(act, before)
        self._note(act, before)
        return None

    def by_system(self, kind: str, move: str, made: int) -> None:
        """Beat made a move of the system (or none)."""
        if made:
            self.accepted.add((kind, move))
            assert made == 1
        self.last_event = self._newest(Event)

    def skip_events(self) -> None:
        """What happened beside the moves is not judged; who began a report is entered in the books."""
        for report in [] if self.play.visit_id else self.play.reports:
            if report.pk not in self.drafter_of:
                self.drafter_of[report.pk] = report.drafted_by.username
                self.cast.report_makers[report.pk] = {report.drafted_by.username}
        self.last_event = self._newest(Event)

    def judge_events(self, act: Act, before: dict[tuple[str, int], dict[str, Any]]) -> None:
        """One event for the act, one for each consequence, and no status moves without its event."""
        law, now = lawbook.LAWS[act.kind][act.move], self.rows()
        news = list(Event.objects.filter(pk__gt=self.last_event, subject_kind__in=MODELS).order_by("pk"))
        own = [event for event in news if (event.subject_kind, event.subject_id) == (act.kind, act.pk)]
        once = {1} if act.name != ("inspection", "log") else {0, 1}  # saves of one sitting are one event
        assert [event.verb for event in own].count(law.verb) in once, f"{act}: {[event.verb for event in own]}"
        allowed = lawbook.CONSEQUENCES.get(act.name, set())
        for (kind, pk), row in now.items():
            told = [e for e in news if (e.subject_kind, e.subject_id) == (kind, pk) and e.was and e.now]
            moved = [(event.was, event.now) for event in told]
            was = before.get((kind, pk), row)["status"]
            assert moved == ([(was, row["status"])] if was != row["status"] else []) or self._same(moved, was, row)
            for event in told:
                legal = VERBS[kind, event.verb]
                assert event.was in legal.sources, f"{event.verb} from {event.was}"
                assert event.now == (legal.target or event.was), f"{event.verb} to {event.now}"
                assert (kind, pk) == (act.kind, act.pk) or event.verb in allowed, f"{act} brought {event.verb}"
        for event in news:
            assert event.actor.username == act.username or event.verb == "item.submitted", f"{event} by {event.actor}"
            assert is_chain_intact(event.subject_kind, event.subject_id), f"{event}: the chain is broken"
        self.last_event = news[-1].pk if news else self.last_event

    @staticmethod
    def _same(moved: list[tuple[str, str]], was: str, row: dict[str, Any]) -> bool:
        """A move in place, and the correction of an issued form, lead back to where they began."""
        return moved == [(was, was)] and row["status"] == was

    def _note(self, act: Act, before: dict[tuple[str, int], dict[str, Any]]) -> None:
        """Enter the act in the books."""
        document = {"submit": "feedback_form", "submit_plan": "rectification_plan", "verify": "closure_sheet"}.get(
            act.move
        )
        if document and act.kind != "inspection":
            self.rounds[document, act.pk] += 1
        endorsed = {
            ("feedback_form", "endorse"): "feedback_form", ("rectification_item", "endorse_plan"): "rectification_plan",
            ("rectification_item", "endorse_closure"): "closure_sheet", ("inspection", "endorse"): "inspection",
        }.get(act.name)  # fmt: skip
        if endorsed:
            round_ = 1 if endorsed == "inspection" else self.rounds[endorsed, act.pk]
            counts = self.cast.endorsements
            counts[endorsed, act.pk, round_] = counts.get((endorsed, act.pk, round_), 0) + 1
        noting = getattr(self, f"_note_{act.kind}_{act.move}", None)
        if noting:
            noting(act, before)

    def _note_feedback_form_submit(self, act: Act, before: Any) -> None:
        self.cast.drafter = act.username

    def _note_feedback_form_issue(self, act: Act, before: Any) -> None:
        key = {item.pk for item, is_key in zip(self.play.items, self.is_key, strict=True) if is_key}
        self.cast.key_items = key

    _note_feedback_form_issue_on_paper = _note_feedback_form_issue

    def _note_rectification_item_submit_plan(self, act: Act, before: Any) -> None:
        self.cast.plan_authors[act.pk] = act.username

    def _note_rectification_item_record_verification(self, act: Act, before: Any) -> None:
        self.cast.verifiers[act.pk] = {act.username, act.inputs["second_verifier"].username}

    def _note_report_send_for_signature(self, act: Act, before: Any) -> None:
        self.filed_on[act.pk] = self.play.today
        self.cast.report_makers[act.pk] = {self.drafter_of[act.pk], act.username}

    def _note_report_sign(self, act: Act, before: Any) -> None:
        """What the unit's clock says of each item that this signature handed in, reckoned here anew."""
        paper = act.inputs["paper"]
        signed_on = paper.signed_on if paper else self.play.today
        signer = paper.signer.username if paper else act.username
        self.cast.report_signers[act.pk] = signer
        filed_on = min(self.filed_on[act.pk], signed_on)
        is_countersigned = signed_on <= self.play.world.calendar.add(filed_on, 1)
        counted_on = filed_on if is_countersigned else signed_on
        for item in self.play.items:
            was = before["rectification_item", item.pk]
            if item.status == "submitted" and was["status"] != "submitted":
                self.cast.submitters[item.pk] = signer
                expected = was["late"] or counted_on > was["clock_due_on"]
                assert item.late == expected, f"{item}: counted {counted_on}, due {was['clock_due_on']}"
                assert item.submitted_on == counted_on

    def _note_inspection_submit(self, act: Act, before: Any) -> None:
        self.cast.visit_submitter = act.username

    def _note_inspection_approve(self, act: Act, before: Any) -> None:
        self.cast.was_approved = True

    _note_inspection_resume = _note_inspection_approve

    # --- what holds after every step ----------------------------------------------------------------------------------

    def judge_world(self) -> None:
        if self.play.visit_id:
            return self._judge_visit()
        items, form = self.play.items, self.play.form
        for item in items:
            self._judge_clock(item)
            self._judge_dates(item)
            self._judge_problem(item)
            self._judge_closing(item)
        self._judge_changes(items)
        self._judge_form(form, items)
        self._judge_reports(items)
        return None

    def _judge_clock(self, item: RectificationItem) -> None:
        """One clock at a time, whose it is by the state; none once settled. In time, it is never the unit's again."""
        expected = lawbook.CLOCK[item.status]
        if item.status == "plan_review" and item.pk in self.cast.key_items:
            expected = "office"
        assert item.clock == expected, f"{item.status}: {item.clock}"
        far = self.play.world.calendar.add(self.play.today, 100)
        if item.status in HANDED_IN:
            assert item.overdue_clock(far) != Clock.UNIT
            assert not RectificationItem.objects.filter(ledger.overdue(far, Clock.UNIT), pk=item.pk).exists()
        assert item.late or not self.late.get(item.pk, False), "late, and then no longer"
        self.late[item.pk] = item.late

    def _judge_dates(self, item: RectificationItem) -> None:
        """After the assignment the original date stands for ever; a date moves with its change alone, never shorter."""
        if item.status not in ("pending", "cancelled"):
            assert self.original.setdefault(item.pk, item.original_due_on) == item.original_due_on
        assert item.pk not in self.original or item.original_due_on == self.original[item.pk]
        assert item.due_on >= item.original_due_on or item.status == "pending"

    def _judge_changes(self, items: list[RectificationItem]) -> None:
        changes = list(DeadlineChange.objects.filter(pk__gt=self.last_change).order_by("pk"))
        for item in items:
            told = [(c.old_on, c.new_on) for c in changes if (c.subject_kind, c.subject_id) == (item.kind, item.pk)]
            was = self.due.get(item.pk, item.due_on)
            assert told == ([(was, item.due_on)] if was != item.due_on else []), (
                f"{item}: {was} → {item.due_on}: {told}"
            )
            self.due[item.pk] = item.due_on
        self.last_change = self._newest(DeadlineChange)

    @staticmethod
    def _judge_problem(item: RectificationItem) -> None:
        """The form reads of its problem what the item knows of itself."""
        problem = item.problem
        expected = (lawbook.PROGRESS[item.status], lawbook.SETTLED_AS.get(item.status, ""), item.due_on)
        assert (problem.progress, problem.settled_as, problem.due_on) == expected, f"{item.status}"

    def _judge_closing(self, item: RectificationItem) -> None:
        """Closed ⇔ a sheet with a number of its own; closer, verifiers and submitter are different people."""
        sheet = ClosureSheet.objects.filter(item=item).first()
        assert (sheet is not None) == (item.status == "closed")
        if sheet is not None:
            assert sheet.number
            assert ClosureSheet.objects.filter(number=sheet.number).count() == 1
            assert Paper.objects.filter(subject_kind=item.kind, subject_id=item.pk, kind="closure_sheet").count() == 1
            verifiers = self.cast.verifiers[item.pk]
            assert len(verifiers) == 2
            assert sheet.decided_by.username not in verifiers | {self.cast.submitters[item.pk]}
            assert self.cast.submitters[item.pk] not in verifiers

    def _judge_form(self, form: Any, items: list[RectificationItem]) -> None:
        """A number once given stays; a form without problems open is the only one that closes."""
        assert form.number == (self.form_number or form.number)
        self.form_number = form.number
        statuses = {item.status for item in items}
        if form.status in ("draft", "pending_signoff"):
            assert not items
        else:
            assert items or not form.number
            assert Paper.objects.filter(subject_kind=form.kind, subject_id=form.pk).count() == (
                form.version if items else 0
            )
        if form.status == "closed":
            assert statuses <= {"closed", "cancelled"}
        if form.status in ("withdrawn", "voided"):
            assert statuses <= {"cancelled"}
        if form.status == "acknowledged":
            assert "pending" not in statuses

    def _judge_reports(self, items: list[RectificationItem]) -> None:
        """No item is with the team without a signed report; a report hands in all of its items or none."""
        signed: set[int] = set()
        for report in self.play.reports:
            covered = set(report.items.values_list("pk", flat=True))
            assert report.version == Paper.objects.filter(subject_kind=report.kind, subject_id=report.pk).count()
            signed |= covered if report.version else set()
            if report.status == "submitted":  # of an accepted one the office may still send an item back
                states = {item.status for item in items if item.pk in covered}
                assert states <= {"submitted", "pending_close", "closed", "cancelled"}, f"{report.status}: {states}"
        assert {item.pk for item in items if item.status in HANDED_IN} <= signed

    def _judge_visit(self) -> None:
        """An unannounced visit is nobody's at the unit before it starts; a feedback form ⇔ problems found."""
        visit, unit = self.play.visit, self.play.world.user(self.cast.unit)
        is_known = visit.started_at is not None or (self.cast.was_approved and not self.cast.is_unannounced)
        assert MODELS["inspection"].objects.visible_to(unit).filter(pk=visit.pk).exists() == is_known
        if not is_known:
            told = Event.objects.of("inspection", visit.pk).filter(audience="unit")
            assert not told.exists(), [event.verb for event in told]
        drafts = list(visit.forms.all())
        if visit.status == "concluded":
            assert (visit.outcome == "feedback") == visit.problems.exists() == bool(drafts)
            assert len(drafts) <= 1
            assert all(form.problems.count() == visit.problems.count() for form in drafts)
        else:
            assert not visit.outcome
            assert not drafts
