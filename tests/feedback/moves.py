"""Rows of the move matrix for feedback forms: how to get ready, who may, with what input."""

from __future__ import annotations

from typing import Any

from accounts.roles import Role
from feedback.models import FeedbackForm, FeedbackProblem
from feedback.services import corrections, drafts, forms
from feedback.services.corrections import ProblemChange
from rectification.enums import ItemStatus
from rectification.models import RectificationItem
from supervision.enums import Document
from supervision.models import ApprovalRoute, ApprovalStep
from supervision.services.signing import PaperAct
from tests.world import MoveRow, World

NOTE = "情况说明：与实际情况不符，请核对后重报。"


def draft(world: World, *, unit: str = "u1", problems: int = 1, key: bool = False, title: str = "") -> FeedbackForm:
    """A draft of team a1 (or the unit's own team) as an inspection leaves it, complete."""
    form = FeedbackForm(
        phase=world.phases["rectify"], title=title or f"关于{world.units[unit].name}的反馈", created_by=None,
        created_at=world.at,
    )  # fmt: skip
    form.take_scope_of(world.units[unit])
    team = world.units[unit].team.code
    form.created_by = world.users[f"{team}-member"]
    form.save()
    FeedbackProblem.objects.bulk_create(
        FeedbackProblem(
            form=form, order=number, category=world.categories["duty"],
            severity=world.severities["key" if key else "general"], title=f"学习教育主体责任落实不够{number}",
            fact="中心组学习次数不足。", basis="实施方案第三条", requirement="补学并建立台账。",
            deadline_rule=world.rules["fixed"],
        )
        for number in range(1, problems + 1)
    )  # fmt: skip
    return form


def submitted(world: World, **over: Any) -> FeedbackForm:
    form = draft(world, **over)
    member = world.user(f"{form.unit.team.code}-member")
    return forms.submit_form(pk=form.pk, actor=member, at=world.at)


def issued(world: World, **over: Any) -> FeedbackForm:
    form = submitted(world, **over)
    return forms.issue_form(pk=form.pk, actor=world.user(f"{form.unit.team.code}-lead"), at=world.at)


def acknowledged(world: World, **over: Any) -> FeedbackForm:
    form = issued(world, **over)
    liaison = world.user(form.unit.code)
    return forms.acknowledge_form(pk=form.pk, actor=liaison, at=world.at, name=liaison.name, post="联络员")


def with_two_steps(world: World, document: str = Document.FEEDBACK_FORM) -> None:
    """The campaign's route asks for the deputy's endorsement before the leader signs."""
    for route in ApprovalRoute.objects.filter(campaign=world.campaign, document=document, source="team"):
        route.steps.all().update(number=2)
        ApprovalStep.objects.create(route=route, number=1, role=Role.DEPUTY)


def awaiting_endorsement(world: World) -> FeedbackForm:
    with_two_steps(world)
    return submitted(world)


def overdue_receipt(world: World) -> FeedbackForm:
    form = issued(world)
    FeedbackForm.objects.filter(pk=form.pk).update(receipt_due_on=world.after(-1).date())
    return form


def settled(world: World) -> FeedbackForm:
    """Every problem closed, as its item tells it."""
    form = acknowledged(world)
    RectificationItem.objects.filter(form=form).update(status=ItemStatus.CLOSED, clock="none")
    form.problems.update(progress="settled", settled_as="closed")
    return form


def paper_by(world: World, username: str) -> PaperAct:
    signer = world.user(username)
    return PaperAct(
        signer=signer, name=signer.name, post=signer.post, signed_on=world.today, scan=world.received("扫描件.pdf")
    )


def who(username: str) -> Any:
    return lambda world, form: world.user(username)


def nothing(world: World, form: Any) -> dict[str, Any]:
    return {}


def note(world: World, form: Any) -> dict[str, Any]:
    return {"note": NOTE}


def changes(world: World, form: FeedbackForm) -> dict[str, Any]:
    return {
        "note": NOTE,
        "version": form.version,
        "changes": [ProblemChange(problem=form.problems.first(), requirement="改为按月报送。")],
    }


ROWS = {
    "feedback_form": {
        "edit": MoveRow(draft, who("a1-member"), lambda w, f: {"title": "改过的标题"}, drafts.edit_draft),
        "submit": MoveRow(draft, who("a1-member"), nothing, forms.submit_form),
        "recall": MoveRow(submitted, who("a1-member"), nothing, forms.recall_form),
        "return": MoveRow(submitted, who("a1-lead"), note, forms.return_form),
        "endorse": MoveRow(awaiting_endorsement, who("a1-deputy"), nothing, forms.endorse_form),
        "issue": MoveRow(submitted, who("a1-lead"), nothing, forms.issue_form),
        "issue_on_paper": MoveRow(
            submitted, who("a1-member-2"), lambda w, f: {"paper": paper_by(w, "a1-lead")}, forms.issue_form_on_paper
        ),
        "acknowledge": MoveRow(
            issued, who("u1"), lambda w, f: {"name": "签收人", "post": "联络员"}, forms.acknowledge_form
        ),
        "deem_received": MoveRow(overdue_receipt, lambda w, f: None, nothing, forms.deem_received),
        "correct": MoveRow(acknowledged, who("a1-lead"), changes, corrections.correct_form),
        "withdraw": MoveRow(issued, who("a1-lead"), note, forms.withdraw_form),
        "close": MoveRow(settled, who("a1-lead"), nothing, forms.close_form),
        "void_draft": MoveRow(submitted, who("a1-member"), note, forms.void_draft),
        "void": MoveRow(acknowledged, who("office-lead"), note, forms.void_form),
    }
}
