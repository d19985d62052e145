"""The desk says of guidance what the move tables say, in a fixed number of queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from supervision import guidance_transitions as moves
from supervision.core import desk
from supervision.core.desk import Asked
from supervision.core.transitions import Situation
from supervision.models import Advice, DailyRecord, FiledDraft, TeamMembership
from supervision.services import advice as services
from supervision.vocabulary import vocabulary_of
from tests.supervision import guidance
from tests.supervision.moves_guidance import longer_route
from tests.supervision.test_daily_records import remind
from tests.world import World

pytestmark = pytest.mark.once  # pages: Chromium opens them on PostgreSQL

OWED = {
    "pending_signoff": (moves.ENDORSE, moves.ISSUE), "issued": (moves.ANSWER,), "answered": (moves.CLOSE,),
    "to_read": (moves.READ,), "read": (moves.ADOPT,),
}  # fmt: skip


def asked(world: World, who: str) -> Asked:
    return Asked(world.user(who), world.at, world.today, world.campaign.pk)


def duties(world: World, who: str) -> set[tuple[str, int]]:
    return {(line.kind, line.pk) for line in desk.duties_of(asked(world, who))}


def by_the_rules(world: World, who: str) -> set[tuple[str, int]]:
    """The same list, asked one by one of the transition tables."""
    user, found = world.user(who), set()
    for model in (Advice, FiledDraft):
        for row in model.objects.select_related("campaign", "team", "unit"):
            if row.created_by_id == user.pk if row.status == "draft" else is_owed(world, row, user):
                found.add((row.kind, row.pk))
    return found


def is_owed(world: World, row: Any, user: User) -> bool:
    """A sponsor who stands in for the leader signs; the rest is the members' work, though the table would let them."""
    if row.status == "pending_signoff":
        if row.submitted_by_id == user.pk:
            return False
    elif user.scope.has("sponsor"):
        return False
    situation = Situation(user, world.at, world.today)
    return any(move.is_allowed(row, situation) for move in OWED.get(row.status, ()))


def every_state(world: World) -> None:
    guidance.drafted(world)
    guidance.submitted(world)
    guidance.submitted(world, by="a1-lead")
    guidance.issued(world, unit="u2")
    guidance.answered(world, unit="u1s")
    guidance.closed(world)
    guidance.issued(world, unit="u4", by="b1-member")
    guidance.filed(world)
    guidance.read(world, unit="u2")
    guidance.filed(world, unit="u3")


@pytest.mark.parametrize("away", [(), ("a1-lead",), ("a1-lead", "a1-deputy")], ids=str)
def test_the_desk_agrees_with_the_move_tables_for_everyone(world: World, away: tuple[str, ...]):
    every_state(world)
    TeamMembership.objects.filter(user__in=[world.users[name] for name in away]).update(absent_from=world.today)
    for who in world.users:
        assert duties(world, who) == by_the_rules(world, who), who


def test_on_a_longer_route_the_next_step_alone_has_it(world: World):
    advice = longer_route(world)
    assert ("advice", advice.pk) in duties(world, "a1-deputy")
    assert ("advice", advice.pk) not in duties(world, "a1-lead")
    services.endorse_advice(pk=advice.pk, actor=world.user("a1-deputy"), at=world.at)
    assert ("advice", advice.pk) in duties(world, "a1-lead")


def test_a_note_is_its_authors_until_its_advice_is_drafted(world: World):
    note = guidance.to_follow(world)
    guidance.to_follow(world, follow_up="next_visit")
    assert duties(world, "a1-member") == {("daily_record", note.pk)}
    assert duties(world, "a1-member-2") == set()
    draft = guidance.drafted(world, daily_record=note)
    assert duties(world, "a1-member") == {("advice", draft.pk)}


def test_an_unread_draft_near_its_adoption_stands_under_its_day_as_the_teams_move(world: World):
    draft = guidance.filed(world, adopt_on=world.today + timedelta(days=1))
    (line,) = desk.duties_of(asked(world, "a1-member"))
    assert (line.due_on, str(line.action)) == (draft.adopt_on, "反馈审阅意见")
    (waits,) = desk.waiting_of(asked(world, "u1"))
    assert (str(waits.whose), waits.due_on) == ("督导组A1", draft.adopt_on)
    days = desk.dates_of(asked(world, "u1"), world.today, world.today + timedelta(days=7))
    assert [(each.on, str(each.what)) for each in days if each.url == draft.get_absolute_url()] == [
        (draft.adopt_on, "拟定稿")
    ]


def test_a_leader_is_reminded_of_the_units_that_nobody_called(world: World):
    guidance.recorded(world)
    assert duties(world, "a1-lead") == set()
    remind(world)
    (line,) = desk.duties_of(asked(world, "a1-lead"))
    assert (line.kind, line.label) == ("coverage", "2个单位超过5个工作日没有联系")
    assert duties(world, "a1-member") == set()


def test_a_finished_campaign_asks_nothing_of_anybody(world: World):
    every_state(world)
    guidance.to_follow(world)
    remind(world)
    world.campaign.status = "finished"
    world.campaign.save(update_fields=["status"])
    assert all(duties(world, who) == set() for who in world.users)


@pytest.mark.parametrize("rows", [3, 300])
@pytest.mark.parametrize(("who", "cost"), [("a1-member", 3), ("a1-lead", 4), ("u1", 2), ("office", 0)])
def test_duties_waiting_and_dates_cost_a_query_for_each_kind_of_row(world: World, who: str, cost: int, rows: int):
    for first in (guidance.issued(world), guidance.filed(world), guidance.to_follow(world, follow_up="problem")):
        plain = {f.attname: getattr(first, f.attname) for f in first._meta.concrete_fields if f.attname != "id"}
        type(first).objects.bulk_create(type(first)(**plain) for _number in range(rows))
    assert DailyRecord.objects.count() > rows
    reader = asked(world, who)
    assert reader.user.scope
    vocabulary_of(world.campaign.pk)
    with CaptureQueriesContext(connection) as captured:
        desk.duties_of(reader)
        desk.waiting_of(reader)
        desk.dates_of(reader, world.today, world.today)
    told = [each["sql"] for each in captured.captured_queries]
    tables = [f'FROM "supervision_{name}"' for name in ("advice", "dailyrecord", "fileddraft", "unit")]
    assert len([sql for sql in told if any(table in sql for table in tables)]) == cost
