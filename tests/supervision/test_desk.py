"""The workbench's lists say what the move tables say, in a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from supervision.core.transitions import Situation
from supervision.desk import Desk
from supervision.enums import CampaignStatus
from supervision.models import Campaign, Inspection, TeamMembership
from supervision.services import inspections as services
from supervision.transitions import APPROVE, CONCLUDE, ENDORSE, LOG, START
from supervision.vocabulary import vocabulary_of
from tests.supervision import visits
from tests.supervision.moves import on_a_longer_route
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

DECISIONS = {"planned": (ENDORSE, APPROVE), "pending_review": (CONCLUDE,), "approved": (START,), "in_progress": (LOG,)}


def duties(world: World, who: str) -> list[tuple[int, str]]:
    found = Desk(world.user(who), world.today, world.campaign.pk).duties
    return [(duty.inspection.pk, duty.move.name) for duty in found]


def by_the_rules(world: World, who: str) -> set[tuple[int, str]]:
    """The same list, asked one by one of the transition tables."""
    user, found = world.user(who), set()
    for visit in Inspection.objects.select_related("campaign", "team", "unit"):
        situation = Situation(user, world.at, world.today)
        for move in DECISIONS.get(visit.status, ()):
            if move.is_allowed(visit, situation) and not is_own_act(visit, user, move):
                found.add((visit.pk, move.name))
    return found


def is_own_act(visit: Inspection, user: User, move: Any) -> bool:
    if move in (ENDORSE, APPROVE):
        return visit.created_by_id == user.pk
    if move is CONCLUDE:
        return visit.submitted_by_id == user.pk
    return move is LOG and user not in visit.present.all() and visit.created_by_id != user.pk


def every_state(world: World) -> None:
    visits.planned(world, unit="u1")
    visits.planned(world, unit="u2", is_unannounced=True)
    visits.planned(world, unit="u1s", by="a1-deputy")
    visits.planned(world, unit="u1s", by="a1-lead", is_unannounced=True, confirm_duplicate=True)
    visits.approved(world, unit="u3", by="a2-member")
    visits.in_progress(world, unit="u4", by="b1-member")
    visits.pending_review(world, unit="u1", confirm_duplicate=True)
    own = visits.in_progress(world, unit="u2", confirm_duplicate=True)
    visits.log_record(world, own)
    services.submit_inspection(pk=own.pk, actor=world.user("a1-lead"), at=world.at)
    visits.concluded(world, unit="u3", by="a2-member", confirm_duplicate=True)


@pytest.mark.parametrize("away", [(), ("a1-lead",), ("a1-lead", "a1-deputy")], ids=str)
def test_the_lists_agree_with_the_move_tables_for_everyone(world: World, away: tuple[str, ...]):
    every_state(world)
    TeamMembership.objects.filter(user__in=[world.users[name] for name in away]).update(absent_from=world.today)
    for who in world.users:
        assert set(duties(world, who)) == by_the_rules(world, who), who


def test_on_a_longer_route_the_next_step_alone_has_it(world: World):
    visit = on_a_longer_route(world)
    assert duties(world, "a1-deputy") == [(visit.pk, "endorse")]
    assert duties(world, "a1-lead") == []
    services.endorse_inspection(pk=visit.pk, actor=world.user("a1-deputy"), at=world.at)
    assert duties(world, "a1-deputy") == []
    assert duties(world, "a1-lead") == [(visit.pk, "approve")]


def test_a_visit_far_ahead_is_not_todays_work(world: World):
    visits.approved(world, planned_on=world.today + timedelta(days=30))
    assert duties(world, "a1-member") == []


def test_a_finished_campaign_asks_nothing_of_anybody(world: World):
    every_state(world)
    Campaign.objects.get(pk=world.campaign.pk)
    world.campaign.status = CampaignStatus.FINISHED
    world.campaign.save(update_fields=["status"])
    assert all(duties(world, who) == [] for who in world.users)


def test_what_i_handed_on_waits_with_its_date(world: World):
    planned = visits.planned(world, unit="u2")
    handed = visits.pending_review(world)
    waiting = Desk(world.user("a1-member"), world.today, world.campaign.pk).waiting
    assert [visit.pk for visit in waiting] == [planned.pk, handed.pk]
    assert Desk(world.user("a1-member-2"), world.today, world.campaign.pk).waiting == []


@pytest.mark.parametrize("who", ["a1-lead", "a1-deputy", "a1-member"])
@pytest.mark.parametrize("rows", [3, 60])
def test_one_query_and_one_more_for_stand_ins_however_many_visits(world: World, who: str, rows: int):
    for number in range(rows):
        visits.planned(world, planned_on=world.today + timedelta(days=number))
    visits.pending_review(world, unit="u2")
    user = world.user(who)
    assert user.scope
    vocabulary_of(world.campaign.pk)
    with CaptureQueriesContext(connection) as queries:
        desk = Desk(user, world.today, world.campaign.pk)
        assert bool(desk.duties + desk.waiting) == (who != "a1-deputy")
    own = [query for query in queries.captured_queries if "vocabularyversion" not in query["sql"]]
    assert len(own) <= (2 if who in ("a1-deputy", "a1-sponsor") else 1)
