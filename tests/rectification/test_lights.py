"""A light is derived from facts over the campaign's rows, and late is never green again."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from rectification.enums import ItemStatus
from rectification.lights import LightFacts, light
from supervision.core.deadlines import Clock
from supervision.core.workdays import Calendar
from supervision.enums import Light, LightCondition
from supervision.models.vocabulary import LightRule
from tests.world import LIGHTS

CALENDAR = Calendar([], [])
MONDAY = date(2026, 3, 2)
RULES = [
    LightRule(order=n, condition=c, light=shown, working_days=days, fraction=part, times=times)
    for n, (c, shown, days, part, times) in enumerate(LIGHTS, 1)
]
RUNNING = LightFacts(
    status=ItemStatus.IN_PROGRESS,
    clock=Clock.UNIT,
    clock_due_on=MONDAY + timedelta(21),
    given=15,
    late=False,
    returns=0,
    has_late_measure=False,
)


def due_in(working_days: int) -> date:
    return CALENDAR.add(MONDAY, working_days)


def shown(**facts: object) -> tuple[Light, str]:
    return light(replace(RUNNING, **facts), RULES, CALENDAR, MONDAY)


CLOSED = {"status": ItemStatus.CLOSED, "clock": Clock.NONE}
CASES = [
    ({}, Light.GREEN, "正常推进"),
    ({"clock_due_on": due_in(6)}, Light.GREEN, "正常推进"),
    ({"clock_due_on": due_in(5)}, Light.BLUE, "单位还有5个工作日到期"),
    ({"clock_due_on": MONDAY}, Light.BLUE, "单位今天到期"),
    ({"clock_due_on": due_in(2), "given": 3}, Light.GREEN, "正常推进"),  # a third of three days is one day
    ({"clock_due_on": due_in(1), "given": 3}, Light.BLUE, "单位还有1个工作日到期"),
    ({"clock_due_on": due_in(6), "given": 60}, Light.GREEN, "正常推进"),  # five working days, not a third of sixty
    ({"clock_due_on": due_in(-1)}, Light.RED, "单位逾期1个工作日"),
    ({"clock_due_on": MONDAY - timedelta(1)}, Light.RED, "单位逾期1个工作日"),  # due on Sunday: Monday is late
    (
        {"clock_due_on": due_in(-3), "clock": Clock.TEAM, "status": ItemStatus.SUBMITTED},
        Light.RED,
        "督导组逾期3个工作日",
    ),
    (
        {"clock_due_on": due_in(-2), "clock": Clock.OFFICE, "status": ItemStatus.PENDING_CLOSE},
        Light.RED,
        "办公室逾期2个工作日",
    ),
    ({"has_late_measure": True}, Light.YELLOW, "有整改措施已过完成时限"),
    ({"has_late_measure": True, "clock": Clock.TEAM, "status": ItemStatus.SUBMITTED}, Light.GREEN, "正常推进"),
    ({"status": ItemStatus.ASSIGNED}, Light.GREY, "尚未启动整改"),
    ({"status": ItemStatus.PENDING, "clock_due_on": due_in(3)}, Light.BLUE, "单位还有3个工作日到期"),
    ({"status": ItemStatus.RETURNED, "returns": 1}, Light.GREEN, "正常推进"),
    ({"status": ItemStatus.RETURNED, "returns": 2}, Light.RED, "已退回2次，待单位整改"),
    ({"status": ItemStatus.SUBMITTED, "clock": Clock.TEAM, "returns": 2}, Light.GREEN, "正常推进"),
    (CLOSED, Light.GREEN, "已按期销号"),
    ({**CLOSED, "late": True}, Light.YELLOW, "已销号（逾期完成）"),
    ({"status": ItemStatus.CANCELLED, "clock": Clock.NONE, "late": True}, Light.GREY, "已取消"),
    (
        {"status": ItemStatus.SUBMITTED, "clock": Clock.TEAM, "late": True},
        Light.YELLOW,
        "正常推进，曾逾期报送",
    ),
]


@pytest.mark.parametrize(("facts", "expected", "reason"), CASES)
def test_the_first_rule_that_holds_gives_the_light_and_its_reason(facts, expected, reason):
    assert shown(**facts) == (expected, reason)


def test_the_order_of_the_rows_decides():
    behind_first = sorted(RULES, key=lambda rule: rule.condition != LightCondition.BEHIND)
    facts = replace(RUNNING, has_late_measure=True, clock_due_on=due_in(-1))
    assert light(facts, RULES, CALENDAR, MONDAY).light == Light.RED
    assert light(facts, behind_first, CALENDAR, MONDAY).light == Light.YELLOW


def test_a_campaign_without_a_fitting_row_shows_grey_and_says_so():
    answer = light(RUNNING, [], CALENDAR, MONDAY)
    assert answer.light == Light.GREY
    assert answer.reason


def test_a_unit_that_handed_in_in_time_is_not_blamed_while_the_team_is_slow():
    answer = light(
        replace(RUNNING, status=ItemStatus.SUBMITTED, clock=Clock.TEAM, clock_due_on=due_in(-4)),
        RULES,
        CALENDAR,
        MONDAY,
    )
    assert "单位" not in answer.reason


def facts_of_all_kinds() -> list[LightFacts]:
    dice = random.Random(7)
    return [
        LightFacts(
            status=status,
            clock=Clock.NONE if status in ("closed", "cancelled") else clock,
            clock_due_on=MONDAY + timedelta(dice.randint(-30, 30)),
            given=dice.randint(1, 40),
            late=late,
            returns=dice.randint(0, 3),
            has_late_measure=behind,
        )
        for status, clock, late, behind, _ in itertools.product(
            ItemStatus.values, (Clock.UNIT, Clock.TEAM, Clock.OFFICE), (True, False), (True, False), range(5)
        )
    ]


def test_late_is_never_green_again_whatever_the_rows_and_their_order_say():
    dice = random.Random(11)
    for facts in facts_of_all_kinds():
        rows = [replace_light(rule, dice) for rule in dice.sample(RULES, len(RULES))]
        if facts.late:
            assert light(facts, rows, CALENDAR, MONDAY).light != Light.GREEN
        assert light(facts, RULES, CALENDAR, MONDAY).reason


def replace_light(rule: LightRule, dice: random.Random) -> LightRule:
    """The same condition with any light, as a careless campaign might set it."""
    return LightRule(
        order=rule.order, condition=rule.condition, light=dice.choice(Light.values),
        working_days=rule.working_days, fraction=rule.fraction, times=rule.times,
    )  # fmt: skip


def test_the_same_facts_give_the_same_light_and_every_fact_is_enough():
    """Derived alone: nothing outside the facts, the rows, the calendar and the day changes the answer."""
    for facts in facts_of_all_kinds():
        assert light(facts, RULES, CALENDAR, MONDAY) == light(replace(facts), list(RULES), CALENDAR, MONDAY)
