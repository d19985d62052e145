"""A campaign that was loaded before guidance existed gets what its pages need, once, and keeps what the office set."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps

from supervision.enums import Document
from supervision.models import ApprovalRoute, ContactWay, DeadlineRule, DraftKind
from supervision.vocabulary import forget, vocabulary_of
from tests.world import World

rows = import_module("supervision.migrations.0003_guidance_rows")


def test_an_older_campaign_is_completed_and_nothing_that_is_there_is_touched(world: World):
    ApprovalRoute.objects.filter(document=Document.ADVICE).delete()
    for model in (ContactWay, DraftKind):
        model.objects.all().delete()
    DeadlineRule.objects.filter(code="reading").delete()
    DeadlineRule.objects.filter(code="advice_answer").update(amount=7)
    for _again in range(2):
        rows.complete(apps, None)
    forget()
    words = vocabulary_of(world.campaign.pk)
    assert words.route(Document.ADVICE, "team", False) == ("leader",)
    assert [way.code for way in words.contact_ways] == ["call", "papers", "meeting", "on-site", "message"]
    assert len(words.draft_kinds) == 5
    assert {rule.code: rule.amount for rule in words.deadline_rules if rule.code in ("advice_answer", "reading")} == {
        "advice_answer": 7, "reading": 5,
    }  # fmt: skip


def test_it_can_be_taken_back(world: World):
    rows.take_back(apps, None)
    assert not ApprovalRoute.objects.filter(document=Document.ADVICE).exists()
    assert not DeadlineRule.objects.filter(code__in=("advice_answer", "reading")).exists()
