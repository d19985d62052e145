"""Counters behind 驾驶舱: kept with every move, recounted and repaired by command."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from rectification.enums import ItemStatus, Question
from rectification.models import ItemCount, RectificationItem
from rectification.models.count import NO_DAY, monday
from rectification.services import counts
from tests.feedback import moves as feedback_moves
from tests.rectification import report_world
from tests.rectification.report_world import new_form, new_items
from tests.world import World


def told(**asked) -> int:
    return sum(ItemCount.objects.filter(**asked).values_list("n", flat=True))


def test_a_counted_item_stands_in_one_row_of_each_question(world: World):
    (item,) = new_items(world, new_form(world), status=ItemStatus.CLOSED, submitted_on=world.today)
    RectificationItem.objects.filter(pk=item.pk).update(closed_on=world.today)
    assert {question: told(question=question) for question in Question.values} == dict.fromkeys(Question.values, 1)
    row = ItemCount.objects.get(question=Question.STATE)
    assert (row.status, row.filed, row.clock, row.clock_due_on) == ("closed", "in_time", "none", NO_DAY)
    assert ItemCount.objects.get(question=Question.CLOSED).week == monday(world.today)


def test_a_cancelled_item_leaves_every_figure_but_its_state(world: World):
    new_items(world, new_form(world), status=ItemStatus.CANCELLED)
    assert told(question=Question.STATE, status="cancelled") == 1
    assert told() == 1


def test_a_move_takes_the_item_out_of_one_row_and_puts_it_into_another(world: World):
    items = report_world.ready_items(world)
    assert told(question=Question.STATE, status="in_progress") == 1
    report_world.signed(world, items)
    assert told(question=Question.STATE, status="in_progress") == 0
    row = ItemCount.objects.get(question=Question.STATE, n=1)
    assert (row.status, row.clock, row.filed) == ("submitted", "team", "in_time")
    assert counts.recount(repair=False) == {}


def test_overdue_comes_with_midnight_and_writes_nothing(world: World):
    new_items(world, new_form(world), clock_due_on=world.today)
    late = ItemCount.objects.filter(question=Question.STATE).exclude(clock="none")
    assert not late.filter(clock_due_on__lt=world.today).exists()
    assert late.filter(clock_due_on__lt=world.today + timedelta(1)).count() == 1


def test_many_items_are_counted_in_one_query(world: World, django_assert_num_queries):
    items = new_items(world, new_form(world), 40)
    for item in items:
        item.status = ItemStatus.RETURNED
    with django_assert_num_queries(1):
        counts.keep(items)
    RectificationItem.objects.bulk_update(items, ["status"])
    assert told(question=Question.STATE, status="returned") == 40


def test_an_item_read_in_part_cannot_be_counted(world: World):
    new_items(world, new_form(world))
    with pytest.raises(ValueError, match="in part"):
        counts.keep([RectificationItem.objects.only("status").get()])


def test_a_rolled_back_move_leaves_the_counters_alone(world: World, monkeypatch):
    form = feedback_moves.issued(world)
    before = dict(ItemCount.objects.values_list("pk", "n"))
    monkeypatch.setattr(counts, "add", lambda change: 1 / 0)
    row = feedback_moves.ROWS["feedback_form"]["acknowledge"]
    with pytest.raises(ZeroDivisionError):
        row.service(pk=form.pk, actor=world.user("u1"), at=world.at, **row.inputs(world, form))
    assert dict(ItemCount.objects.values_list("pk", "n")) == before


# --- the command ---


def asked_to(*args: str) -> str:
    out = StringIO()
    call_command("recount_items", *args, stdout=out)
    return out.getvalue()


def test_the_command_says_that_all_is_well(world: World):
    new_items(world, new_form(world), 3)
    assert "一致" in asked_to("--check")


def test_check_reports_each_difference_and_changes_nothing(world: World):
    new_items(world, new_form(world), 3)
    ItemCount.objects.filter(question=Question.STATE).update(n=5)
    with pytest.raises(CommandError, match="1行"):
        asked_to("--check")
    assert told(question=Question.STATE) == 5


def test_the_command_repairs_and_throws_empty_rows_away(world: World):
    new_items(world, new_form(world), 3)
    ItemCount.objects.filter(question=Question.STATE).update(n=0, lane="gone")
    answer = asked_to()
    assert "+3" in answer
    assert "已修正" in answer
    assert told(question=Question.STATE) == 3
    assert not ItemCount.objects.filter(lane="gone").exists()


def test_an_installation_from_before_the_counters_is_counted_at_its_migration(world: World):
    new_items(world, new_form(world), 2)
    ItemCount.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert told(question=Question.STATE) == 2
