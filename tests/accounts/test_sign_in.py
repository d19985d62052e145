"""Signing in, being locked out, signing out, and choosing a language."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.middleware import FirstPasswordMiddleware
from accounts.models import User
from supervision.core.models import Event

pytestmark = pytest.mark.django_db

PASSWORD = "correct-Horse-9"
WRONG = "用户名或密码不正确。"
LOCKED = "已锁定30分钟"


@pytest.fixture
def zhang():
    return User.objects.create_user("zhang", PASSWORD, name="张明", post="联络员")


def sign_in(client, username="zhang", password=PASSWORD, **extra):
    given = {"username": username, "password": password, "next": extra.pop("next", "")}
    return client.post(reverse("accounts:sign-in"), given, **extra)


def text(response):
    return response.content.decode()


def verbs(user):
    return list(Event.objects.of("user", user.pk).values_list("verb", flat=True))


def is_signed_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_signs_in_and_leaves_one_event(client, zhang):
    response = sign_in(client)

    assert response.status_code == 302
    assert is_signed_in(client)
    assert verbs(zhang) == ["account.signed_in"]


def test_the_session_gets_a_new_id(client, zhang):
    client.get(reverse("accounts:sign-in"))
    session = client.session
    session["kept"] = "planted by somebody else"
    session.save()
    before = session.session_key

    sign_in(client)

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize("username", ["zhang", "nobody-has-this-name", "gone"])
def test_wrong_password_unknown_name_and_disabled_account_get_the_same_answer(client, zhang, username):
    User.objects.create_user("gone", PASSWORD, name="李去", is_active=False)

    response = sign_in(client, username, "wrong" if username == "zhang" else PASSWORD)

    assert response.status_code == 200
    assert WRONG in text(response)
    assert text(response).count("error-summary") == 1
    assert not is_signed_in(client)


def test_a_failure_is_an_event_of_the_account_without_the_password(client, zhang):
    sign_in(client, password="a-secret-typed-wrong")

    event = Event.objects.of("user", zhang.pk).get()
    assert (event.verb, event.actor) == ("account.sign_in_failed", None)
    assert "a-secret-typed-wrong" not in event.sealed_text()


@pytest.mark.parametrize("username", ["zhang", "nobody-has-this-name"])
def test_five_failures_lock_the_name_whether_it_exists_or_not(client, zhang, username):
    answers = [sign_in(client, username, "wrong").status_code for _number in range(5)]
    response = sign_in(client, username)

    assert answers == [200, 200, 200, 200, 429]
    assert response.status_code == 429
    assert LOCKED in text(response)
    assert not is_signed_in(client)


def test_a_forged_address_or_another_spelling_counts_as_the_same_name(client, zhang):
    for number, username in enumerate(["zhang", "ZHANG", " zhang ", "Zhang", "ｚhang"]):
        sign_in(client, username, "wrong", headers={"x-forwarded-for": f"10.0.0.{number}"})

    assert sign_in(client).status_code == 429


def test_the_lock_is_one_event_and_further_attempts_are_none(client, zhang):
    for _number in range(8):
        sign_in(client, password="wrong")

    assert verbs(zhang) == ["account.sign_in_failed"] * 5 + ["account.locked"]


def test_attempts_during_the_lock_do_not_prolong_it(client, zhang):
    for _number in range(5):
        sign_in(client, password="wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=29))
    assert sign_in(client).status_code == 429

    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    sign_in(client)

    assert is_signed_in(client)


def test_a_success_forgets_the_failures_before_it(client, zhang):
    for _number in range(4):
        sign_in(client, password="wrong")
    sign_in(client)

    assert not AccessAttempt.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/me/", "/me/"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_next_leads_to_our_own_pages_alone(client, zhang, wanted, led_to):
    target = sign_in(client, next=wanted).headers["Location"]

    assert target == led_to if led_to else "evil" not in target and "javascript" not in target


def test_whoever_must_change_the_password_is_led_there_first(client, zhang):
    User.objects.update(must_change_password=True)

    assert sign_in(client).headers["Location"] == reverse("accounts:password")


@pytest.mark.parametrize(
    ("name", "is_open"),
    [
        ("accounts:profile", False),
        ("accounts:password", True),
        ("accounts:sign-out", True),
        ("accounts:language", True),
    ],
)
def test_until_the_password_is_changed_nothing_else_opens(zhang, name, is_open):
    request = RequestFactory().get(reverse(name))
    request.user, request.resolver_match = User(must_change_password=True), resolve(reverse(name))

    answer = FirstPasswordMiddleware(lambda _request: None).process_view(request, resolve(reverse(name)).func)

    assert (answer is None) == is_open


def test_signing_in_needs_the_protection_token(zhang):
    client = Client(enforce_csrf_checks=True)

    assert sign_in(client).status_code == 403
    assert not is_signed_in(client)


def test_signing_out_ends_the_session_and_needs_a_post(client, zhang):
    sign_in(client)

    assert client.get(reverse("accounts:sign-out")).status_code == 405
    assert is_signed_in(client)
    client.post(reverse("accounts:sign-out"))

    assert not is_signed_in(client)
    assert verbs(zhang) == ["account.signed_in", "account.signed_out"]


def test_a_disabled_account_is_out_at_its_next_request(client, zhang):
    sign_in(client)
    User.objects.update(is_active=False)

    assert client.get(reverse("accounts:profile")).status_code == 302


def test_the_language_is_kept_on_the_account_and_in_the_cookie(client, zhang):
    sign_in(client)
    response = client.post(reverse("accounts:language"), {"language": "en", "next": "/me/"})

    zhang.refresh_from_db()
    assert (zhang.language, response.headers["Location"]) == ("en", "/me/")
    assert client.cookies["django_language"].value == "en"
    assert '<html lang="en">' in text(client.get(reverse("accounts:profile")))


def test_signing_in_brings_the_accounts_language_along(client, zhang):
    User.objects.update(language="en")
    sign_in(client)

    assert client.cookies["django_language"].value == "en"


@pytest.mark.parametrize("given", [{"language": "xx"}, {}, {"language": "../../etc"}])
def test_an_unknown_language_changes_nothing(client, zhang, given):
    sign_in(client)
    client.post(reverse("accounts:language"), {**given, "next": "https://evil.example/"})

    zhang.refresh_from_db()
    assert zhang.language == "zh-hans"


def test_the_switch_leads_to_our_own_pages_alone(client):
    response = client.post(reverse("accounts:language"), {"language": "en", "next": "https://evil.example/"})

    assert response.headers["Location"] == "/"


def test_the_sign_in_page_costs_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(reverse("accounts:sign-in")).status_code == 200


def test_a_page_speaks_for_its_own_account_alone(client, zhang):
    """Another person has signed in at this browser meanwhile: nothing is saved under that name."""
    User.objects.create_user("li", PASSWORD, name="李红")
    sign_in(client, "li")
    session = reverse("accounts:session")
    strangers_page = {"X-Account": str(zhang.pk), "Accept": "application/json"}
    assert client.get(session, headers=strangers_page).status_code == 401
    assert client.post(reverse("accounts:password"), {}, headers=strangers_page).status_code == 401
    own_page = {"X-Account": str(User.objects.get(username="li").pk), "Accept": "application/json"}
    assert client.get(session, headers=own_page).json()["token"]
    client.logout()
    assert client.get(session, headers=own_page).status_code == 401
