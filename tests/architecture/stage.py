"""One of everything for unit u1 of team a1, with a mark in every text, so that a leak shows wherever it happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from feedback.models import FeedbackProblem
from feedback.services import forms
from rectification.models import Evidence, RectificationItem
from rectification.services import closure
from supervision.core.models import Channel, Delivery, Event, Hook, HookDelivery, Notification, Reminder
from supervision.services import delegations, signing
from supervision.services.inspection_records import Talk, points_of, save_talk
from tests.feedback import moves as feedback_moves
from tests.rectification import item_world, report_world
from tests.supervision import guidance, visits
from tests.world import World

MARK = "独角兽甲乙丙"  # stands in every text of u1's objects
TALK_MARK = "谈话内容丁戊己"  # stands in the talk record alone


def build(world: World) -> dict[str, Any]:
    """The objects by the name under which tests/architecture/urls.py asks for them."""
    stage: dict[str, Any] = {"campaign": world.campaign}
    _inspection(world, stage)
    _forms(world, stage)
    _items(world, stage)
    _guidance(world, stage)
    stage["delegation"] = delegations.delegate(
        unit_id=world.units["u1"].pk, actor=world.user("u1-head"), at=world.at, delegate=world.user("u1-deputy"),
        scope="all", valid_from=world.today, valid_until=world.today + timedelta(1),
    )  # fmt: skip
    event = Event.objects.filter(subject_kind="rectification_item").last()
    stage["notification"] = Notification.objects.create(event=event, recipient=world.users["u1"])
    item = stage["item"]
    stage["reminder"] = Reminder.objects.create(
        stage="rectify", subject_kind=item.kind, subject_id=item.pk, label=MARK, campaign_id=item.campaign_id,
        body_id=item.body_id, team_id=item.team_id, unit_id=item.unit_id, due_on=item.clock_due_on, rung=0,
        recipient=world.users["u1"], role="liaison", sent_on=world.today, created_at=world.at,
    )  # fmt: skip
    stage["delivery"] = Delivery.objects.create(
        campaign_id=world.campaign.pk, recipient=world.users["u1"], day=world.today, message_id="<1@x>", text=MARK,
        address="u1@example.cn", subject=MARK, state="failed", next_try_at=world.at, created_at=world.at,
    )  # fmt: skip
    stage["channel"] = Channel.objects.create(
        campaign_id=world.campaign.pk, kind="wecom", name=MARK, secret=MARK
    )  # fmt: skip
    stage["hook"] = Hook.objects.create(
        campaign_id=world.campaign.pk, name=MARK, address=f"https://{MARK}.cn/", salt="0", key_mark="0"
    )
    stage["push"] = HookDelivery.objects.create(hook=stage["hook"], event=event, next_try_at=world.at)
    return stage


def _inspection(world: World, stage: dict[str, Any]) -> None:
    visit = visits.in_progress(world, purpose=MARK)
    stage["inspection"] = visit
    stage["record"] = visits.log_record(world, visit, content=MARK)
    stage["problem"] = visits.find_problem(world, visit, title=MARK, fact=MARK)
    stage["point"] = points_of(visit)[0]
    talk = Talk(
        held_at=world.at, place="会议室", talker="甲", talked_to="乙", recorder="丙", topic=TALK_MARK,
        points=TALK_MARK, follow_up="",
    )  # fmt: skip
    stage["talk"] = save_talk(pk=visit.pk, actor=world.user("a1-member"), at=world.at, talk=talk)


def _guidance(world: World, stage: dict[str, Any]) -> None:
    stage["daily_record"] = guidance.to_follow(world, content=MARK, counterpart=MARK, follow_up_note=MARK)
    stage["advice"] = guidance.issued(world, title=MARK, content=MARK)
    stage["filed_draft"] = guidance.filed(world, title=MARK, summary=MARK)
    guidance.drafted(world, title=MARK, content=MARK)


def _forms(world: World, stage: dict[str, Any]) -> None:
    stage["draft"] = feedback_moves.draft(world, title=f"{MARK}草稿")
    stage["form_problem"] = stage["draft"].problems.get()
    on_paper = feedback_moves.submitted(world, title=f"{MARK}纸面")
    paper = feedback_moves.paper_by(world, "a1-lead")
    forms.issue_form_on_paper(pk=on_paper.pk, actor=world.user("a1-member-2"), at=world.at, paper=paper)
    on_paper.refresh_from_db()
    stage["form"] = on_paper
    stage["signature"] = signing.latest(on_paper, "form.issue")
    FeedbackProblem.objects.filter(form__in=(stage["draft"], on_paper)).update(title=MARK, fact=MARK)


def _items(world: World, stage: dict[str, Any]) -> None:
    stage["item"] = item_world.finished(world, title=MARK)
    stage["evidence"] = Evidence.objects.filter(item=stage["item"]).first()
    stage["file"] = stage["evidence"].file
    verified = item_world.verified(world, title=MARK)
    given = item_world.close_inputs(world, verified)
    closure.close_item(pk=verified.pk, actor=item_world.closer_of(world, verified), at=world.at, **given)
    stage["closed"] = RectificationItem.objects.get(pk=verified.pk)
    stage["signed_report"] = verified.reports.get()
    stage["report"] = report_world.draft(world, [stage["item"]])
