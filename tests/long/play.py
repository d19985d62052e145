"""One form with its items and reports, or one inspection, played by anybody through the services.

Nothing is judged here. An act names its kind, its move, the object and the person; `inputs` are drawn, mostly sound,
sometimes not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from feedback.models import FeedbackForm
from feedback.services import corrections, drafts, forms
from feedback.services.corrections import ProblemChange
from rectification.enums import MeasureState, ReportedProgress, ReportStatus, VerificationWay
from rectification.models import RectificationItem, Report
from rectification.services import closure, evidence, items, plans, reports, verification
from rectification.services.measures import MeasureUpdate
from supervision.enums import Outcome
from supervision.models import Inspection
from supervision.models.signing import Signature
from supervision.services import inspections as visits
from supervision.services.inspection_records import save_log
from supervision.services.signing import PaperAct
from tests.long.lawbook import Cast
from tests.world import World

NOTE = "请补充会议记录并说明责任落实情况。"
TICKED = ("measures_done", "evidence_effective", "report_signed", "verified")
MODELS: dict[str, Any] = {
    "feedback_form": FeedbackForm, "rectification_item": RectificationItem, "report": Report, "inspection": Inspection,
}  # fmt: skip
LIVE_REPORTS = (ReportStatus.DRAFT, ReportStatus.PENDING_SIGNOFF, ReportStatus.SUBMITTED, ReportStatus.RETURNED)

SERVICES: dict[tuple[str, str], Callable[..., Any]] = {
    ("feedback_form", "edit"): drafts.edit_draft,
    ("feedback_form", "submit"): forms.submit_form,
    ("feedback_form", "recall"): forms.recall_form,
    ("feedback_form", "return"): forms.return_form,
    ("feedback_form", "endorse"): forms.endorse_form,
    ("feedback_form", "issue"): forms.issue_form,
    ("feedback_form", "issue_on_paper"): forms.issue_form_on_paper,
    ("feedback_form", "acknowledge"): forms.acknowledge_form,
    ("feedback_form", "correct"): corrections.correct_form,
    ("feedback_form", "withdraw"): forms.withdraw_form,
    ("feedback_form", "close"): forms.close_form,
    ("feedback_form", "void_draft"): forms.void_draft,
    ("feedback_form", "void"): forms.void_form,
    ("rectification_item", "start"): plans.start_item,
    ("rectification_item", "save_plan"): plans.save_plan,
    ("rectification_item", "submit_plan"): plans.submit_plan,
    ("rectification_item", "recall_plan"): plans.recall_plan,
    ("rectification_item", "endorse_plan"): plans.endorse_plan,
    ("rectification_item", "approve_plan"): plans.approve_plan,
    ("rectification_item", "return_plan"): plans.return_plan,
    ("rectification_item", "note_progress"): items.note_progress,
    ("rectification_item", "press"): items.press_item,
    ("rectification_item", "add_evidence"): evidence.add_evidence,
    ("rectification_item", "withdraw_evidence"): evidence.withdraw_evidence,
    ("rectification_item", "record_verification"): verification.record_verification,
    ("rectification_item", "verify"): verification.verify_item,
    ("rectification_item", "return"): items.return_item,
    ("rectification_item", "endorse_closure"): closure.endorse_closure,
    ("rectification_item", "close"): closure.close_item,
    ("rectification_item", "refuse_close"): closure.refuse_close,
    ("rectification_item", "refuse_close_to_unit"): closure.refuse_close_to_unit,
    ("report", "edit"): reports.edit_report,
    ("report", "send_for_signature"): reports.send_report_for_signature,
    ("report", "recall"): reports.recall_report,
    ("report", "give_back"): reports.give_back_report,
    ("report", "sign"): reports.sign_report,
    ("report", "return"): reports.return_report,
    ("report", "approve"): reports.approve_report,
    ("report", "file"): reports.file_report,
    ("report", "withdraw"): reports.withdraw_report,
    ("inspection", "endorse"): visits.endorse_inspection,
    ("inspection", "approve"): visits.approve_inspection,
    ("inspection", "start"): visits.start_inspection,
    ("inspection", "log"): save_log,
    ("inspection", "submit"): visits.submit_inspection,
    ("inspection", "recall"): visits.recall_inspection,
    ("inspection", "return"): visits.return_inspection,
    ("inspection", "conclude"): visits.conclude_inspection,
    ("inspection", "postpone"): visits.postpone_inspection,
    ("inspection", "resume"): visits.resume_inspection,
    ("inspection", "cancel"): visits.cancel_inspection,
}
NOTED = {
    ("feedback_form", "return"), ("feedback_form", "withdraw"), ("feedback_form", "void"),
    ("feedback_form", "void_draft"), ("rectification_item", "return_plan"), ("rectification_item", "return"),
    ("rectification_item", "refuse_close"), ("rectification_item", "refuse_close_to_unit"), ("report", "give_back"),
    ("report", "return"), ("report", "withdraw"), ("inspection", "return"), ("inspection", "cancel"),
}  # fmt: skip


class Choice:
    """Draws for one play. `sound()` is nine times in ten True: then the input is as the rule asks."""

    def __init__(self, integer: Callable[[int], int]) -> None:
        self.integer = integer  # integer(n): 0 … n

    def of(self, values: Any) -> Any:
        ordered = list(values)
        return ordered[self.integer(len(ordered) - 1)]

    def sound(self) -> bool:
        return self.integer(9) != 9


STEADY = Choice(lambda _most: 0)  # always the first, always sound


@dataclass(frozen=True)
class Act:
    kind: str
    move: str
    pk: int
    username: str
    inputs: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> tuple[str, str]:
        return self.kind, self.move

    def __str__(self) -> str:
        paper = " on paper" if self.inputs.get("paper") else ""
        return f"{self.kind}.{self.move}{paper} by {self.username}"


@dataclass
class Play:
    world: World
    cast: Cast
    at: datetime
    form_id: int = 0
    visit_id: int = 0
    files: int = 0

    @property
    def today(self) -> Any:
        return self.world.campaign.day_of(self.at)

    @property
    def form(self) -> FeedbackForm:
        return FeedbackForm.objects.get(pk=self.form_id)

    @property
    def items(self) -> list[RectificationItem]:
        return list(RectificationItem.objects.filter(form_id=self.form_id).order_by("pk"))

    @property
    def reports(self) -> list[Report]:
        return list(Report.objects.filter(form_id=self.form_id).order_by("pk"))

    @property
    def visit(self) -> Inspection:
        return Inspection.objects.get(pk=self.visit_id)

    @property
    def subjects(self) -> list[Any]:
        if self.visit_id:
            return [self.visit]
        return [self.form, *self.items, *self.reports]

    def wait(self, working_days: int) -> None:
        """The same hour so many working days later; a minute later when none."""
        on = self.world.calendar.add(self.today, working_days) if working_days else self.today
        self.at += (on - self.today) + timedelta(minutes=1)

    def make(self, act: Act) -> Any:
        """The act through its service; whatever it raises is the caller's."""
        pk = act.inputs.get("evidence_pk", act.pk)
        inputs = {name: value for name, value in act.inputs.items() if name != "evidence_pk"}
        return SERVICES[act.name](pk=pk, actor=self.world.user(act.username), at=self.at, **inputs)

    # --- inputs -------------------------------------------------------------------------------------------------------

    def act(self, kind: str, move: str, subject: Any, username: str, choice: Choice = STEADY) -> Act:
        """The act with its input drawn."""
        inputs: dict[str, Any] = {}
        if (kind, move) in NOTED:
            inputs["note"] = NOTE if choice.sound() else "太短"
        special = getattr(self, f"_{kind}_{move}", None)
        if special is not None:
            inputs |= special(subject, username, choice)
        return Act(kind, move, subject.pk, username, inputs)

    def pdf(self) -> Any:
        """Files differ from act to act, as real ones do."""
        self.files += 1
        return self.world.received(text=f"{self.files}")

    def paper(self, signers: Any, choice: Choice) -> PaperAct:
        signer = self.world.user(choice.of(sorted(signers)) if choice.sound() else choice.of(self.world.users))
        signed_on = self.world.calendar.add(self.today, -choice.integer(2))
        return PaperAct(signer=signer, name=signer.name, post=signer.post, signed_on=signed_on, scan=self.pdf())

    def _feedback_form_edit(self, form: Any, username: str, choice: Choice) -> dict[str, Any]:
        return {"title": f"反馈单{self.at.isoformat()}"}

    def _feedback_form_issue(self, form: Any, username: str, choice: Choice) -> dict[str, Any]:
        typed = "" if choice.sound() else "测督反〔2026〕900号"
        return {"beyond_phase": choice.of(["carry_over", "shorten"]), "typed_number": typed}

    def _feedback_form_issue_on_paper(self, form: Any, username: str, choice: Choice) -> dict[str, Any]:
        signers = self.cast.leaders(self.cast.drafter) if self.cast.source == "team" else {"office-lead"}
        return {"paper": self.paper(signers, choice), "beyond_phase": "carry_over"}

    def _feedback_form_acknowledge(self, form: Any, username: str, choice: Choice) -> dict[str, Any]:
        if choice.integer(3) == 3:
            return {"paper": self.paper({self.cast.unit} | self.cast.unit_signers, choice)}
        return {"name": "签收人" if choice.sound() else "", "post": "联络员"}

    def _feedback_form_correct(self, form: Any, username: str, choice: Choice) -> dict[str, Any]:
        problem = choice.of(form.problems.all())
        due_on = problem.due_on and problem.due_on + timedelta(choice.of([0, 7, 30, -1]))
        change = ProblemChange(problem, fact=f"更正{self.at.isoformat()}", due_on=due_on if choice.integer(1) else None)
        return {"note": NOTE, "changes": [change], "version": form.version if choice.sound() else form.version - 1}

    def _rectification_item_save_plan(self, item: Any, username: str, choice: Choice) -> dict[str, Any]:
        first = item.measures.first()
        line = plans.MeasureLine("建立台账", "张某", item.due_on, pk=first.pk if first else None)
        return {"measures": [line], "root_cause": "责任不清" if choice.sound() else "", "responsible_leader": "李某"}

    def _rectification_item_note_progress(self, item: Any, username: str, choice: Choice) -> dict[str, Any]:
        todo = [measure for measure in item.measures.all() if not measure.is_answered]
        done = [MeasureUpdate(measure.pk, MeasureState.DONE, "已完成") for measure in todo]
        return {"text": "已召开会议研究。", "measures": done if choice.integer(4) != 4 else []}

    def _rectification_item_add_evidence(self, item: Any, username: str, choice: Choice) -> dict[str, Any]:
        received = self.pdf() if choice.sound() else self.world.received(text="同一文件")
        effective_on = self.today + timedelta(0 if choice.sound() else 9)
        return {"files": [received], "description": "会议记录", "effective_on": effective_on}

    def _rectification_item_withdraw_evidence(self, item: Any, username: str, choice: Choice) -> dict[str, Any]:
        return {"evidence_pk": choice.of(item.evidence.order_by("pk").values_list("pk", flat=True))}

    def _rectification_item_record_verification(self, item: Any, username: str, choice: Choice) -> dict[str, Any]:
        others = [f"a1-{each}" for each in ("lead", "member", "member-2", "deputy") if f"a1-{each}" != username]
        second = choice.of(others) if choice.sound() else choice.of(self.world.users)
        holds = choice.integer(5) != 5
        return {
            "way": VerificationWay.ON_SITE if choice.sound() else VerificationWay.CALL,
            "verified_on": self.today - timedelta(0 if choice.sound() else 3),
            "place": "单位会议室",
            "opinion": "措施已落实。",
            "results": [verification.SeenMeasure(measure.pk, holds=holds) for measure in item.measures.all()],
            "second_verifier": self.world.user(second),
            "scan": self.pdf() if choice.integer(4) == 4 else None,
        }

    def _rectification_item_close(self, item: Any, username: str, choice: Choice) -> dict[str, Any]:
        return {"effect": "制度已建立", "opinion": "同意销号", "ticked": TICKED if choice.sound() else TICKED[:2]}

    def _report_edit(self, report: Any, username: str, choice: Choice) -> dict[str, Any]:
        answers = dict.fromkeys(report.items.values_list("pk", flat=True), (ReportedProgress.DONE, "已整改"))
        return {
            "title": report.title, "overall": "领导重视。" if choice.sound() else "", "rules_made": "",
            "next_steps": "", "answers": answers,
        }  # fmt: skip

    def _report_sign(self, report: Any, username: str, choice: Choice) -> dict[str, Any]:
        on_paper = username not in self.cast.unit_signers or choice.integer(4) == 4
        return {"paper": self.paper(self.cast.unit_signers, choice) if on_paper else None}

    def _report_return(self, report: Any, username: str, choice: Choice) -> dict[str, Any]:
        return {"notes": {}}

    def _report_file(self, report: Any, username: str, choice: Choice) -> dict[str, Any]:
        return {"sent_up_on": self.today if choice.sound() else None}

    def _inspection_start(self, visit: Any, username: str, choice: Choice) -> dict[str, Any]:
        people = ["a1-member", "a1-member-2"] if choice.sound() else ["a1-member", "a2-member"]
        return {"present": [self.world.user(each) for each in people]}

    def _inspection_log(self, visit: Any, username: str, choice: Choice) -> dict[str, Any]:
        return {"summary": f"总体良好{choice.integer(3)}"}

    def _inspection_conclude(self, visit: Any, username: str, choice: Choice) -> dict[str, Any]:
        fits = Outcome.FEEDBACK if visit.problems.exists() else Outcome.NONE_FOUND
        return {"outcome": fits if choice.sound() else choice.of(Outcome.values)}

    def _inspection_postpone(self, visit: Any, username: str, choice: Choice) -> dict[str, Any]:
        day = self.today + timedelta(choice.of([0, 3, -1]))
        return {"planned_on": day, "note": NOTE if choice.sound() else "太短"}

    def _inspection_resume(self, visit: Any, username: str, choice: Choice) -> dict[str, Any]:
        return {"planned_on": self.today + timedelta(choice.of([0, 3, -1]))}

    # --- the way on ---------------------------------------------------------------------------------------------------

    def unconfirmed(self) -> Signature | None:
        """The oldest paper signature that the next reader has not compared with its scan."""
        mine = [("feedback_form", self.form_id), *(("report", report.pk) for report in self.reports)]
        for kind, pk in mine:
            found = Signature.objects.filter(subject_kind=kind, subject_id=pk, form="paper", confirmed_at=None)
            if (first := found.order_by("pk").first()) is not None:
                return first
        return None

    def uncovered(self) -> list[int]:
        """Items being put right that no report under way covers."""
        waiting = RectificationItem.objects.filter(form_id=self.form_id, status__in=("in_progress", "returned"))
        return list(waiting.exclude(reports__status__in=LIVE_REPORTS).order_by("pk").values_list("pk", flat=True))

    def is_finished(self, item: Any) -> bool:
        return all(each.is_answered for each in item.measures.all()) and item.evidence.effective(self.today).exists()

    def has_record(self, item: Any) -> bool:
        return bool(item.verifications.filter(round=item.verification_round).exists())
