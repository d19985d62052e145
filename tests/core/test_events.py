"""The audit trail: flat, append-only, chained; refusals leave a trace too."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from supervision.core import triggers
from supervision.core.events import (
    Fact,
    is_chain_intact,
    read_ahead,
    record,
    record_many,
    record_refusal,
    register_verb,
)
from supervision.core.models import Event
from supervision.models import Campaign, Unit

register_verb("test.happened", "测试")


def write(world, number=1, **facts):
    with transaction.atomic():
        return [
            record("test.happened", subject=world.campaign, actor=world.users["office"], at=world.at, **facts)
            for _ in range(number)
        ][-1]


def test_events_of_one_object_form_a_chain(world):
    last = write(world, 3, note="第三条")
    assert last.sequence == 3
    first, second, third = Event.objects.of("campaign", world.campaign.pk)
    assert (first.previous_hash, second.previous_hash, third.previous_hash) == ("", first.hash, second.hash)
    assert is_chain_intact("campaign", world.campaign.pk)


@pytest.mark.parametrize("statement", ["UPDATE core_event SET note = 'x'", "DELETE FROM core_event"])
def test_the_database_itself_refuses_change_and_deletion(world, statement):
    write(world)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == 1


@pytest.mark.postgresql
def test_the_database_refuses_to_truncate(world):
    write(world)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_event CASCADE")


def test_a_lost_trigger_is_missed_by_name(world):
    with triggers.lifted():
        assert "core_event_no_update" in triggers.missing()
    assert triggers.missing() == []


@pytest.mark.parametrize("column", ["note", "was", "actor_name", "hash", "at"])
def test_a_tampered_event_breaks_its_chain(world, column):
    event = write(world, 2, note="原文")
    value = event.at + timedelta(seconds=1) if column == "at" else "改过"
    with triggers.lifted():
        Event.objects.filter(pk=event.pk).update(**{column: value})
    assert not is_chain_intact("campaign", world.campaign.pk)


def test_an_event_taken_from_the_middle_breaks_the_chain(world):
    write(world, 3)
    with triggers.lifted():
        Event.objects.of("campaign", world.campaign.pk)[1].delete()
    assert not is_chain_intact("campaign", world.campaign.pk)


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_its_act_is_a_programming_error(world):
    with pytest.raises(RuntimeError):
        record("test.happened", subject=world.campaign, actor=None, at=world.at)


def test_an_undeclared_verb_is_a_programming_error(world):
    with pytest.raises(KeyError):
        record("test.unheard_of", subject=world.campaign, actor=None, at=world.at)


def test_a_refusal_is_written_on_the_persons_chain_and_not_on_the_objects(world):
    person = world.user("u1")
    record_refusal(move_verb="campaign.started", subject=world.campaign, actor=person, at=world.at, reasons=["role"])
    event = Event.objects.get(verb="move.refused")
    assert (event.subject_kind, event.subject_id, event.audience) == ("user", person.pk, "audit")
    assert event.payload["reasons"] == ["role"]
    assert not Event.objects.of("campaign", world.campaign.pk).exists()


def test_the_seal_does_not_hang_on_the_time_zone_in_which_the_moment_was_written(world):
    moment = world.at.astimezone(ZoneInfo("Asia/Shanghai"))
    with transaction.atomic():
        record("test.happened", subject=world.campaign, actor=world.users["office"], at=moment)
    assert is_chain_intact("campaign", world.campaign.pk)


def test_many_events_of_one_act_continue_each_subjects_own_chain(world):
    write(world)
    others = list(
        Campaign.objects.bulk_create(Campaign(code=f"c{n}", name="活动", short_name="活动") for n in range(3))
    )
    facts = [Fact(subject, note=str(n)) for n, subject in enumerate([world.campaign, *others])]
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        written = record_many("test.happened", facts, actor=world.users["office"], at=world.at)
    assert [event.sequence for event in written] == [2, 1, 1, 1]
    assert all(is_chain_intact("campaign", fact.subject.pk) for fact in facts)
    assert len(queries) == 2


def test_what_was_read_ahead_serves_the_next_event_on_each_chain_and_no_other(world):
    unit = Unit.objects.get(pk=world.units["u1"].pk)
    unit.kind = "unit"  # a second kind, with a chain of one event
    act = {"actor": world.users["office"], "at": world.at}
    with transaction.atomic():
        record("test.happened", subject=unit, **act)
        read_ahead([world.campaign, unit])
        with CaptureQueriesContext(connection) as asked:
            record("test.happened", subject=world.campaign, **act)
            record("test.happened", subject=unit, before=[Fact(unit, note="先")], **act)
        assert not any('SELECT "core_event"' in each["sql"] for each in asked)
        record("test.happened", subject=unit, **act)
    assert [event.sequence for event in Event.objects.of("unit", unit.pk)] == [1, 2, 3, 4]
    assert is_chain_intact("unit", unit.pk)
    assert is_chain_intact("campaign", world.campaign.pk)
