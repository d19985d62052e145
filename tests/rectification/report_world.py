"""Items that are ready to be reported, and reports in every state, for the tests of reports, ledger and dashboard.

Form and items are rows (how they come about is tested elsewhere); whatever happens to a report goes through services.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from feedback.enums import FormStatus
from feedback.models import FeedbackForm, FeedbackProblem
from rectification.enums import ItemStatus, MeasureState
from rectification.models import Evidence, Measure, RectificationItem, Report
from rectification.services import reports
from supervision.core import files
from supervision.core.deadlines import Clock
from supervision.core.models import StoredFile
from supervision.enums import Source
from tests.world import World

CLOCK_OF = {
    ItemStatus.SUBMITTED: Clock.TEAM,
    ItemStatus.PLAN_REVIEW: Clock.TEAM,
    ItemStatus.PENDING_CLOSE: Clock.OFFICE,
    ItemStatus.CLOSED: Clock.NONE,
    ItemStatus.CANCELLED: Clock.NONE,
}


def new_form(world: World, unit: str = "u1", source: str = Source.TEAM) -> FeedbackForm:
    """An acknowledged form of the unit, without problems."""
    count = FeedbackForm.objects.count() + 1
    form = FeedbackForm(
        phase=world.phases["rectify"], source=source, status=FormStatus.ACKNOWLEDGED, number=f"测督反〔2026〕{count}号",
        title=f"反馈单{count}", created_at=world.at, issued_at=world.at, issued_on=world.today - timedelta(10),
    )  # fmt: skip
    form.take_scope_of(world.units[unit])
    form.save()
    return form


def new_items(world: World, form: FeedbackForm, count: int = 1, **fields: Any) -> list[RectificationItem]:
    """Items in `status` (default in_progress) with the clock that runs then; dates may be given."""
    start = form.problems.count()
    due_on = fields.pop("due_on", world.today + timedelta(20))
    status = fields.pop("status", ItemStatus.IN_PROGRESS)
    given = {
        "source": form.source, "status": status, "due_on": due_on, "original_due_on": due_on,
        "clock": CLOCK_OF.get(status, Clock.UNIT), "clock_due_on": due_on,
        "opened_on": form.issued_on, "phase": world.phases["rectify"], **fields,
    }  # fmt: skip
    problems = FeedbackProblem.objects.bulk_create(
        FeedbackProblem(
            form=form, order=start + n, category=world.categories["duty"], severity=world.severities["general"],
            title=f"问题{start + n}", fact="事实", basis="依据", requirement="要求", due_on=due_on,
        )
        for n in range(1, count + 1)
    )  # fmt: skip
    items = []
    for problem in problems:
        item = RectificationItem(
            form=form, problem=problem, category=world.categories["duty"], number=f"{form.number}-{problem.order}",
            title=problem.title, **given,
        )  # fmt: skip
        item.take_scope_of(form)
        items.append(item)
    return RectificationItem.objects.bulk_create(items)


def make_ready(world: World, items: list[RectificationItem]) -> list[RectificationItem]:
    """One done measure and one effective file for each item."""
    liaison = world.users["u1"]
    Measure.objects.bulk_create(
        Measure(
            item=item, order=1, text="建立台账", responsible_person="张某", due_on=item.due_on,
            state=MeasureState.DONE, result="已建立", done_on=world.today,
        )
        for item in items
    )  # fmt: skip
    stored = StoredFile.objects.bulk_create(
        StoredFile(
            subject_kind=item.kind, subject_id=item.pk, campaign_id=item.campaign_id, body_id=item.body_id,
            team_id=item.team_id, unit_id=item.unit_id, storage_name=f"00/{item.pk:032x}", original_name="材料.pdf",
            content_type="application/pdf", size=1, sha256=f"{item.pk:064x}", uploaded_by=liaison, uploaded_at=world.at,
        )
        for item in items
    )  # fmt: skip
    Evidence.objects.bulk_create(
        Evidence(
            item=item, file=file, description="佐证", effective_on=world.today, uploaded_by=liaison,
            uploaded_at=world.at,
        )
        for item, file in zip(items, stored, strict=True)
    )  # fmt: skip
    return items


def ready_items(world: World, count: int = 1, unit: str = "u1", **fields: Any) -> list[RectificationItem]:
    form = new_form(world, unit, fields.pop("source", Source.TEAM))
    return make_ready(world, new_items(world, form, count, **fields))


# --- reports, by services ---------------------------------------------------------------------------------------------


def draft(world: World, items: list[RectificationItem] | None = None, at: Any = None) -> Report:
    items = items or ready_items(world)
    liaison = world.user(unit_of(world, items[0]))
    report = reports.draft_report(
        pk=items[0].form_id, actor=liaison, at=at or world.at, items=[item.pk for item in items]
    )
    return write(world, report, at=at)


def write(world: World, report: Report, overall: str = "领导重视，责任到人。", at: Any = None) -> Report:
    answers = {a.item_id: (a.progress, a.text or "已整改") for a in report.answers.all()}
    return reports.edit_report(
        pk=report.pk, actor=world.user(unit_of(world, report)), at=at or world.at, title=report.title,
        overall=overall, rules_made="制度一项", next_steps="继续巩固", answers=answers,
    )  # fmt: skip


def sent(world: World, items: list[RectificationItem] | None = None, at: Any = None) -> Report:
    report = draft(world, items, at)
    liaison = world.user(unit_of(world, report))
    return reports.send_report_for_signature(pk=report.pk, actor=liaison, at=at or world.at)


def signed(world: World, items: list[RectificationItem] | None = None, at: Any = None) -> Report:
    report = sent(world, items, at)
    return reports.sign_report(pk=report.pk, actor=head_of(world, report), at=at or world.at)


def verified(world: World, items: list[RectificationItem] | None = None) -> Report:
    report = signed(world, items)
    verify_all(report)
    return report


def approved(world: World, items: list[RectificationItem] | None = None) -> Report:
    report = verified(world, items)
    return reports.approve_report(pk=report.pk, actor=world.user(reader_of(world, report)), at=world.at)


def verify_all(report: Report) -> None:
    """As if the team had verified every item; verification itself is tested elsewhere."""
    report.items.filter(status=ItemStatus.SUBMITTED).update(status=ItemStatus.PENDING_CLOSE, clock=Clock.OFFICE)


def unit_of(world: World, row: Any) -> str:
    return next(code for code, unit in world.units.items() if unit.pk == row.unit_id)


def head_of(world: World, row: Any) -> Any:
    return world.user(f"{unit_of(world, row)}-head")


def reader_of(world: World, row: Any) -> str:
    team = next(code for code, team in world.teams.items() if team.pk == row.team_id)
    return f"{team}-member"


def paper_of(world: World, signed_on: date | None = None, signer: str = "u1-head", text: str = "扫描") -> Any:
    from supervision.services.signing import PaperAct

    return PaperAct(
        signer=world.user(signer), name="测试主要负责人", post="院长", signed_on=signed_on or world.today,
        scan=files.receive(world.pdf("签批件.pdf", text)),
    )  # fmt: skip
