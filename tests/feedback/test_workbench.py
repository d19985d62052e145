"""Who has a feedback form on the workbench, and who is told: the lists and the news say what the move table says."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from feedback.desk import duties_of
from feedback.models import FeedbackForm
from feedback.services import forms
from feedback.transitions import ACKNOWLEDGE, CLOSE, ENDORSE, ISSUE, SUBMIT
from supervision.core import notifications
from supervision.core.models import Event, Notification
from supervision.core.transitions import Situation
from supervision.enums import CampaignStatus, Source
from supervision.models import TeamMembership
from tests.feedback.moves import NOTE, acknowledged, draft, issued, paper_by, settled, submitted, with_two_steps
from tests.world import World

WAITS = {"draft": (SUBMIT,), "pending_signoff": (ENDORSE, ISSUE), "issued": (ACKNOWLEDGE,), "acknowledged": (CLOSE,)}


def duties(world: World, who: str) -> set[tuple[int, str]]:
    found = duties_of(world.user(who), world.today, world.campaign.pk)
    assert len(found) == len({duty.form.pk for duty in found})
    return {(duty.form.pk, duty.move.name) for duty in found}


def by_the_rules(world: World, who: str) -> set[tuple[int, str]]:
    """The same list, asked one by one of the transition table."""
    user, found = world.user(who), set()
    for form in FeedbackForm.objects.select_related("campaign", "team", "unit", "body"):
        for move in WAITS.get(form.status, ()):
            own = form.status == "pending_signoff" and form.submitted_by_id == user.pk
            open_ = move is CLOSE and form.problems.filter(settled_as="").exists()
            if not own and not open_ and move.is_allowed(form, Situation(user, world.at, world.today)):
                found.add((form.pk, move.name))
    return found


def every_state(world: World) -> None:
    draft(world)
    draft(world, unit="u3")
    submitted(world, unit="u2", key=True)
    own = draft(world, unit="u1s")
    forms.submit_form(pk=own.pk, actor=world.user("a1-lead"), at=world.at)
    for source in (Source.PROVINCIAL, Source.CENTRAL):
        provincial = draft(world, unit="u4")
        FeedbackForm.objects.filter(pk=provincial.pk).update(source=source)
        if source == Source.CENTRAL:
            forms.submit_form(pk=provincial.pk, actor=world.user("office"), at=world.at)
    issued(world, unit="u3")
    acknowledged(world, unit="u2")
    settled(world)


@pytest.mark.parametrize("away", [(), ("a1-lead",), ("a1-lead", "a1-deputy")], ids=str)
def test_the_list_agrees_with_the_move_table_for_everyone(world: World, away: tuple[str, ...]):
    every_state(world)
    TeamMembership.objects.filter(user__in=[world.users[name] for name in away]).update(absent_from=world.today)
    for who in world.users:
        assert duties(world, who) == by_the_rules(world, who), who


def test_on_a_longer_route_the_next_step_alone_has_it(world: World):
    with_two_steps(world)
    form = submitted(world)
    assert (duties(world, "a1-deputy"), duties(world, "a1-lead")) == ({(form.pk, "endorse")}, set())
    forms.endorse_form(pk=form.pk, actor=world.user("a1-deputy"), at=world.at)
    assert (duties(world, "a1-deputy"), duties(world, "a1-lead")) == (set(), {(form.pk, "issue")})


def test_a_finished_campaign_asks_nobody(world: World):
    every_state(world)
    world.campaign.status = CampaignStatus.FINISHED
    world.campaign.save()
    assert not any(duties(world, who) for who in world.users)


@pytest.mark.once
@pytest.mark.parametrize("count", [3, 60])
@pytest.mark.parametrize("who", ["a1-lead", "a1-deputy", "u1", "office-lead"])
def test_the_list_costs_two_queries_however_long(world: World, who: str, count: int):
    with_two_steps(world)
    for number in range(count):
        form = draft(world, title=f"第{number}份")
        FeedbackForm.objects.filter(pk=form.pk).update(
            status=("draft", "pending_signoff", "issued")[number % 3], submitted_by=world.users["a1-member"]
        )
    user = world.user(who)
    assert user.scope
    duties_of(user, world.today, world.campaign.pk)
    with CaptureQueriesContext(connection) as captured:
        duties_of(user, world.today, world.campaign.pk)
    assert len([each for each in captured.captured_queries if "feedback_feedbackform" in each["sql"]]) <= 1
    assert len(captured) <= 3


# --- news -------------------------------------------------------------------------------------------------------------


def told(world: World, verb: str) -> set[str]:
    event = Event.objects.filter(verb=verb).last()
    notifications.deliver(event.pk, at=world.at)
    rows = Notification.objects.filter(event=event).values_list("recipient__username", flat=True)
    return set(rows)


def test_the_signer_is_told_of_a_form_to_sign(world: World):
    submitted(world)
    assert told(world, "form.submitted") == {"a1-lead"}


def test_of_the_leaders_own_form_the_deputy_is_told(world: World):
    form = draft(world)
    forms.submit_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at)
    assert told(world, "form.submitted") == {"a1-deputy"}


def test_the_news_climbs_a_longer_route_step_by_step(world: World):
    with_two_steps(world)
    form = submitted(world)
    assert told(world, "form.submitted") == {"a1-deputy"}
    forms.endorse_form(pk=form.pk, actor=world.user("a1-deputy"), at=world.at)
    assert told(world, "form.endorsed") == {"a1-lead"}


def test_recalled_before_it_was_delivered_nobody_is_told(world: World):
    form = submitted(world)
    forms.recall_form(pk=form.pk, actor=world.user("a1-member"), at=world.at)
    assert told(world, "form.submitted") == set()


def test_the_drafter_alone_has_the_form_back(world: World):
    form = submitted(world)
    forms.return_form(pk=form.pk, actor=world.user("a1-lead"), at=world.at, note=NOTE)
    assert told(world, "form.returned") == {"a1-member"}


def test_unit_and_team_are_told_in_turn(world: World):
    form = acknowledged(world)
    assert told(world, "form.issued") == {"u1", "u1-head"}
    team = {"a1-lead", "a1-deputy", "a1-member", "a1-member-2"}
    assert told(world, "form.acknowledged") == team
    forms.void_form(pk=form.pk, actor=world.user("office-lead"), at=world.at, note=NOTE)
    assert told(world, "form.voided") == {"u1", "u1-head"}


def test_whoever_stands_on_a_paper_is_told_at_once(world: World):
    form = submitted(world)
    given: dict[str, Any] = {"paper": paper_by(world, "a1-lead")}
    forms.issue_form_on_paper(pk=form.pk, actor=world.user("a1-member-2"), at=world.at, **given)
    assert told(world, "signature.entered") == {"a1-lead"}
