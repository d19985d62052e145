"""Personal tokens: shown once, kept as a digest, never more than the person, ended at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import User
from api import tokens
from api.models import PersonalToken
from api.throttling import PersonThrottle
from rectification.models import RectificationItem
from supervision.core.models import Event
from supervision.models import Inspection
from tests.api.conftest import BACKEND, Api
from tests.feedback import moves as forms
from tests.rectification import item_world
from tests.supervision import visits
from tests.world import PASSWORD


@pytest.fixture
def token(world):
    """`token("u1")`: the API as a program of theirs asks it."""

    def made(username, **over):
        given = {"name": "同步", "may_write": True, "days": 1, "at": world.at, **over}
        row, text = tokens.create_token(actor=world.user(username), **given)
        found = Api(Client(enforce_csrf_checks=True), Authorization=f"Bearer {text}")
        found.row = row
        return found

    return made


def test_a_token_reads_and_moves_as_its_person_without_a_session_and_csrf(world, token):
    form = forms.issued(world)
    ask = token("u1")
    assert ask.get("me/").json()["username"] == "u1"
    answer = ask.post(f"feedback-forms/{form.pk}/moves/acknowledge/", {"how": "screen", "name": "甲", "post": "乙"})
    assert answer.status_code == 200, answer.content.decode()
    assert Event.objects.of("feedback_form", form.pk).last().actor.username == "u1"
    assert token("u2").get(f"feedback-forms/{form.pk}/").status_code == 404


def test_a_token_for_reading_moves_nothing(world, token):
    form = forms.issued(world)
    answer = token("u1", may_write=False).post(f"feedback-forms/{form.pk}/moves/acknowledge/", {"how": "screen"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert token("u1", may_write=False).get(f"feedback-forms/{form.pk}/").status_code == 200


def test_what_a_token_for_reading_looks_at_nobody_has_opened(world, token):
    visit, ask = visits.pending_review(world), token("a1-lead", may_write=False)
    for address in (f"inspections/{visit.pk}/", f"inspections/{visit.pk}/moves/conclude/"):
        assert ask.get(address).status_code == 200
        assert Inspection.objects.get(pk=visit.pk).opened_at is None, address
    token("a1-lead").get(f"inspections/{visit.pk}/")
    assert Inspection.objects.get(pk=visit.pk).opened_at
    item = item_world.in_review(world)
    token("a1-lead", may_write=False).get(f"rectification-items/{item.pk}/")
    assert RectificationItem.objects.get(pk=item.pk).plan_opened_at is None
    token("a1-lead").get(f"rectification-items/{item.pk}/")
    assert RectificationItem.objects.get(pk=item.pk).plan_opened_at


def test_expired_revoked_and_invented_tokens_and_disabled_people_are_401(world, token):
    ask = token("u1")
    assert token("u1", at=world.at - timedelta(2)).get("me/").status_code == 401
    tokens.revoke_token(pk=ask.row.pk, actor=world.user("u1"), at=world.at)
    assert ask.get("me/").status_code == 401
    wrong = Api(Client(), Authorization="Bearer dudao_no").get("me/")
    assert (wrong.status_code, wrong["WWW-Authenticate"]) == (401, 'Bearer realm="dudao"')
    gone = token("u2")
    User.objects.filter(username="u2").update(is_active=False)
    assert gone.get("me/").status_code == 401


def test_a_demo_account_has_no_token_outside_a_demo(token, settings):
    ask = token("u1")
    User.objects.filter(username="u1").update(is_demo=True)
    assert ask.get("me/").status_code == 200
    settings.DEMO = False
    assert ask.get("me/").status_code == 401


def test_an_administrators_token_sees_no_business(token):
    for username in ("sysadmin", "secadmin", "auditor"):
        assert token(username).rows("units/") == []
    assert token("sysadmin").get("events/?subject_kind=inspection").json()["results"] == []


def test_the_page_shows_a_token_once_and_keeps_its_digest_alone(world):
    client = Client()
    client.force_login(world.users["u1"], backend=BACKEND)
    page = client.post(reverse("api:tokens"), {"name": "同步", "access": "read", "days": "7"})
    text = re.search(r'value="(dudao_[\w-]+)"', page.content.decode())[1]
    row = PersonalToken.objects.get()
    assert text not in str(vars(row))
    assert not Event.objects.filter(payload__icontains=text).exists()
    assert text not in client.get(reverse("api:tokens")).content.decode()
    assert Api(Client(), Authorization=f"Bearer {text}").get("me/").json()["username"] == "u1"
    assert PersonalToken.objects.get().last_used_at
    client.post(reverse("api:token-revoke", args=[row.pk]))
    assert Api(Client(), Authorization=f"Bearer {text}").get("me/").status_code == 401


def test_nobody_revokes_anothers_token(world, token):
    ask = token("u1")
    client = Client()
    client.force_login(world.users["u1-head"], backend=BACKEND)
    assert client.post(reverse("api:token-revoke", args=[ask.row.pk])).status_code == 404
    assert ask.get("me/").status_code == 200


def test_a_person_has_only_so_many_valid_ones(world, token):
    client = Client()
    client.force_login(world.users["u1"], backend=BACKEND)
    for _number in range(tokens.MOST):
        token("u1")
    answer = client.post(reverse("api:tokens"), {"name": "再一个", "access": "read", "days": "7"})
    assert answer.status_code == 409


def test_too_many_requests_are_told_when_to_come_back(token, monkeypatch):
    monkeypatch.setattr(PersonThrottle, "rate", "1/min", raising=False)
    ask = token("u3")
    refused = [each for each in (ask.get("me/") for _ in range(3)) if each.status_code == 429]
    assert refused  # three requests lie in two minutes at most
    assert 0 < int(refused[0]["Retry-After"]) <= 60
    assert token("u4").get("me/").status_code == 200


def test_while_redis_is_away_each_process_counts_for_itself(token, settings, monkeypatch):
    nowhere = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {**settings.CACHES, "shared": nowhere}
    monkeypatch.setattr(PersonThrottle, "rate", "1/min", raising=False)
    ask = token("u2-head")
    answers = {ask.get("me/").status_code for _ in range(3)}
    assert answers == {200, 429}


@pytest.mark.parametrize("by", ["themselves", "an administrator"])
def test_a_new_password_ends_every_token_of_its_person_and_of_nobody_else(world, token, by):
    first, second, others = token("u1"), token("u1", may_write=False), token("u1-head")
    if by == "themselves":
        services.change_own_password(password=PASSWORD, actor=world.user("u1"), at=world.at)
    else:
        services.reset_password(
            account_id=world.users["u1"].pk, password=PASSWORD, actor=world.user("sysadmin"), at=world.at
        )
        User.objects.filter(username="u1").update(must_change_password=False)
    assert [each.get("me/").status_code for each in (first, second, others)] == [401, 401, 200]
    told = Event.objects.get(verb="token.revoked")
    assert (told.subject_id, told.payload) == (world.users["u1"].pk, {"tokens": [first.row.pk, second.row.pk]})
    assert token("u1").get("me/").status_code == 200  # one that is made afterwards
