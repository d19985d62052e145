"""Where a person is signed in, their telephones, and the page for whoever cannot sign in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services, sessions
from accounts.models import Administrator, SignedIn, User
from supervision.core.models import Event

pytestmark = pytest.mark.django_db

PASSWORD = "correct-Horse-9"
NEW = "another-Horse-7"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/90.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 11; HarmonyOS) AppleWebKit/537.36 Chrome/92.0 Mobile Safari/537.36"


@pytest.fixture
def zhang():
    return User.objects.create_user("zhang", PASSWORD, name="张明", post="联络员")


def at_machine(agent: str = WINDOWS, username: str = "zhang") -> Client:
    client = Client(headers={"user-agent": agent})
    client.post(reverse("accounts:sign-in"), {"username": username, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def test_a_person_sees_each_machine_and_ends_one(zhang):
    here, there = at_machine(), at_machine(PHONE)
    page = here.get(reverse("accounts:profile")).content.decode()
    assert "Windows · Chrome" in page
    assert "HarmonyOS · Chrome" in page
    other = SignedIn.objects.get(session_key=there.session.session_key)

    assert here.post(reverse("accounts:session-end", args=[other.pk])).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert Event.objects.of("user", zhang.pk).last().verb == "account.session_ended"


def test_nobody_ends_anothers_session(zhang):
    User.objects.create_user("li", PASSWORD, name="李四")
    mine, theirs = at_machine(), at_machine(username="li")
    row = SignedIn.objects.get(session_key=theirs.session.session_key)
    assert mine.post(reverse("accounts:session-end", args=[row.pk])).status_code == 404
    assert mine.post(reverse("accounts:session-end-others")).status_code == 302
    assert is_in(theirs)
    assert "李四" not in mine.get(reverse("accounts:profile")).content.decode()


def test_all_others_end_at_once_and_a_new_password_ends_them_too(zhang):
    here, there, elsewhere = at_machine(), at_machine(), at_machine(PHONE)
    here.post(reverse("accounts:session-end-others"))
    assert [is_in(each) for each in (here, there, elsewhere)] == [True, False, False]

    again = at_machine(PHONE)
    given = {"present": PASSWORD, "new": NEW, "again": NEW}
    assert here.post(reverse("accounts:password"), given).status_code == 302
    assert (is_in(here), is_in(again)) == (True, False)
    assert [row.session_key for row in SignedIn.objects.all()] == [here.session.session_key]


def test_signing_out_disabling_and_a_reset_leave_no_session_behind(zhang):
    admin = User.objects.create_user("sys", PASSWORD, name="系统", administrator=Administrator.SYSTEM)
    at_machine().post(reverse("accounts:sign-out"))
    assert not SignedIn.objects.filter(user=zhang).exists()

    for act in (services.disable_account, services.reset_password):
        User.objects.filter(pk=zhang.pk).update(is_active=True)
        client = at_machine()
        more = {"password": NEW} if act is services.reset_password else {}
        act(account_id=zhang.pk, actor=admin, at=timezone.now(), **more)
        assert not is_in(client)
        assert not SignedIn.objects.filter(user=zhang).exists()


def test_an_expired_session_is_not_shown(zhang):
    here, there = at_machine(), at_machine(PHONE)
    Session.objects.filter(session_key=there.session.session_key).update(expire_date=timezone.now() - timedelta(1))
    assert [place.is_this for place in sessions.places_of(zhang, here.session.session_key)] == [True]


def test_use_is_remembered_every_five_minutes_and_costs_nothing_between(zhang, django_assert_max_num_queries):
    client = at_machine()
    row = SignedIn.objects.get()
    is_in(client)
    row.refresh_from_db()
    first = row.seen_at
    session = client.session
    session[sessions.SEEN] = (timezone.now() - timedelta(minutes=6)).isoformat()
    session.save()
    is_in(client)
    row.refresh_from_db()
    assert row.seen_at > first
    with django_assert_max_num_queries(7):
        client.get(reverse("accounts:profile"))


def test_a_person_keeps_their_own_telephones_and_nothing_else(zhang):
    client = at_machine()
    given = {"work_phone": "0351-1234567转8", "phone": "13900000000", "name": "别人", "administrator": "auditor"}
    assert client.post(reverse("accounts:contact"), given).status_code == 302
    zhang.refresh_from_db()
    assert (zhang.work_phone, zhang.phone, zhang.name, zhang.administrator) == (
        "0351-1234567转8", "13900000000", "张明", "",
    )  # fmt: skip
    assert Event.objects.of("user", zhang.pk).last().payload["changes"]["work_phone"] == ["", "0351-1234567转8"]
    wrong = client.post(reverse("accounts:contact"), {"work_phone": "打我手机"})
    assert wrong.status_code == 400
    assert "打我手机" in wrong.content.decode()
    assert client.post(reverse("accounts:contact"), given).status_code == 409


def test_the_system_administrator_corrects_an_account_and_the_history_says_what(zhang):
    User.objects.create_user("sys", PASSWORD, name="系统", administrator=Administrator.SYSTEM)
    client = at_machine(username="sys")
    page = reverse("accounts:account-edit", args=[zhang.pk])
    given = {"name": "张明明", "post": "办公室副主任", "work_phone": "0351-1", "phone": "", "username": "x"}
    assert client.post(page, given).status_code == 302
    zhang.refresh_from_db()
    assert (zhang.username, zhang.name, zhang.post) == ("zhang", "张明明", "办公室副主任")
    shown = client.get(reverse("accounts:account", args=[zhang.pk])).content.decode()
    assert "张明</del>" in shown
    assert at_machine().get(page).status_code == 404


def test_help_stands_before_the_door_and_names_whom_to_call(client, settings):
    settings.HELP_CONTACT = "省教整办系统管理员，0351-0000000"
    page = client.get(reverse("accounts:sign-in-help"))
    assert page.status_code == 200
    assert "0351-0000000" in page.content.decode()
    assert reverse("accounts:sign-in-help") in client.get(reverse("accounts:sign-in")).content.decode()
