"""The system administrator's pages, and everybody's own account."""

import re

import pytest
from django.contrib.auth.password_validation import validate_password
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import Administrator, User
from accounts.passwords import generate_password
from supervision.core.models import Event
from supervision.core.refusals import NotAllowed, Unmet

pytestmark = [pytest.mark.django_db, pytest.mark.once]  # pages: Chromium opens them on PostgreSQL

PASSWORD = "correct-Horse-9"
NEW = "another-Horse-7"


@pytest.fixture
def admin():
    return User.objects.create_user("sysadmin", PASSWORD, name="赵系统", administrator=Administrator.SYSTEM)


@pytest.fixture
def zhang():
    return User.objects.create_user("zhang", PASSWORD, name="张明", post="联络员")


@pytest.fixture
def as_admin(client, admin):
    client.force_login(admin)
    return client


def text(response):
    return response.content.decode()


def pages_of(account):
    moves = [("account-move", [account.pk, move]) for move in ("disable", "enable", "unlock", "reset-password")]
    names = [("account-list", []), ("account-new", []), ("account", [account.pk]), *moves]
    return [reverse(f"accounts:{name}", args=args) for name, args in names]


def move(client, account, name, **given):
    return client.post(reverse("accounts:account-move", args=[account.pk, name]), given)


@pytest.mark.parametrize("role", [Administrator.NONE, Administrator.SECURITY, Administrator.AUDITOR])
def test_for_everybody_else_the_pages_do_not_exist(client, zhang, role):
    client.force_login(User.objects.create_user("stranger", PASSWORD, name="外人", administrator=role))

    for page in pages_of(zhang):
        assert client.get(page).status_code == 404, page
        answer = client.post(page, {"username": "x", "name": "x"})
        assert answer.status_code == 404, page
        assert "张明" not in text(answer)
    assert User.objects.get(pk=zhang.pk).is_active


def test_a_visitor_is_asked_to_sign_in(client, zhang):
    for page in pages_of(zhang):
        assert client.get(page).headers["Location"].startswith(reverse("accounts:sign-in"))


def test_a_new_account_has_a_password_shown_once_and_no_right(as_admin):
    given = {"username": "li.si", "name": "李四", "post": "副主任", "administrator": "auditor", "is_active": ""}
    response = as_admin.post(reverse("accounts:account-new"), given)

    account = User.objects.get(username="li.si")
    secret = re.search(r'class="secret">([^<]+)<', text(response))[1]
    assert account.check_password(secret)
    assert (account.administrator, account.must_change_password, account.is_active) == ("", True, True)
    assert account.scope.grants == ()
    assert "no-store" in response.headers["Cache-Control"]
    assert secret not in text(as_admin.get(reverse("accounts:account", args=[account.pk])))
    event = Event.objects.of("user", account.pk).get()
    assert (event.verb, event.actor_name) == ("account.created", "赵系统")
    assert secret not in event.sealed_text()


@pytest.mark.parametrize("username", ["zhang", "", "a", "含中文", "two words", "UPPER", "x" * 65, "ab\ncd"])
def test_a_name_that_is_taken_or_misspelt_is_refused_beside_its_field(as_admin, zhang, username):
    response = as_admin.post(reverse("accounts:account-new"), {"username": username, "name": "李四"})

    assert response.status_code == 400
    assert 'id="id_username_error"' in text(response)
    assert User.objects.count() == 2


def test_disabling_keeps_the_account_and_says_who_and_why(as_admin, admin, zhang):
    assert move(as_admin, zhang, "disable", note="调离").status_code == 302

    zhang.refresh_from_db()
    event = Event.objects.of("user", zhang.pk).get()
    assert not zhang.is_active
    assert (event.verb, event.was, event.now, event.note) == ("account.disabled", "enabled", "disabled", "调离")

    assert move(as_admin, zhang, "enable").status_code == 302
    zhang.refresh_from_db()
    assert zhang.is_active


def test_what_does_not_fit_the_state_is_refused_and_leaves_no_event(as_admin, zhang):
    for name, word in (("enable", "正在启用"), ("unlock", "不需要解锁")):
        response = move(as_admin, zhang, name)
        assert response.status_code == 409
        assert word in text(response)
    assert not Event.objects.exists()


def test_an_administrator_does_not_act_on_the_own_account(as_admin, admin):
    page = text(as_admin.get(reverse("accounts:account", args=[admin.pk])))
    assert reverse("accounts:account-move", args=[admin.pk, "disable"]) not in page

    for name in ("disable", "reset-password"):
        assert move(as_admin, admin, name).status_code == 409
    admin.refresh_from_db()
    assert admin.is_active
    assert admin.check_password(PASSWORD)


def test_unlocking_lets_the_person_in_at_once(client, admin, zhang):
    for _number in range(5):
        client.post(reverse("accounts:sign-in"), {"username": "zhang", "password": "wrong"})
    client.force_login(admin)
    locked = reverse("accounts:account-list") + "?state=locked"
    assert "zhang" in text(client.get(locked))

    assert move(client, zhang, "unlock").status_code == 302

    assert "zhang" not in text(client.get(locked))
    client.logout()
    client.post(reverse("accounts:sign-in"), {"username": "zhang", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(zhang.pk)


def test_a_reset_password_is_shown_once_and_ends_open_sessions(client, admin, zhang):
    open_elsewhere = Client()
    open_elsewhere.force_login(zhang)
    client.force_login(admin)
    secret = re.search(r'class="secret">([^<]+)<', text(move(client, zhang, "reset-password")))[1]

    zhang.refresh_from_db()
    assert zhang.check_password(secret)
    assert zhang.must_change_password
    assert open_elsewhere.get(reverse("accounts:profile")).status_code == 302


def test_the_services_refuse_everybody_but_the_system_administrator(zhang):
    li = User.objects.create_user("li", PASSWORD, name="李")
    with pytest.raises(NotAllowed):
        services.disable_account(account_id=zhang.pk, actor=li, at=timezone.now())
    with pytest.raises(NotAllowed):
        services.create_account(username="x2", name="x", password=NEW, actor=li, at=timezone.now())
    with pytest.raises(Unmet):
        services.enable_account(account_id=zhang.pk, actor=None, at=timezone.now())


def test_the_list_finds_pages_and_costs_the_same_however_long_it_is(
    as_admin, django_assert_max_num_queries, django_assert_num_queries
):
    User.objects.bulk_create(User(username=f"unit-{n:03}", name=f"单位{n}", password="!") for n in range(3))
    url = reverse("accounts:account-list")
    as_admin.get(url)
    with django_assert_max_num_queries(8) as few:
        as_admin.get(url)
    User.objects.bulk_create(User(username=f"unit-{n:03}", name=f"单位{n}", password="!") for n in range(3, 300))
    with django_assert_num_queries(len(few)):
        page = text(as_admin.get(url))

    assert page.count("<tr>") == 51
    following = re.search(r'href="(\?after=[^"]+)"', page)[1]
    assert "unit-049" in text(as_admin.get(url + following))
    found = text(as_admin.get(url + "?q=UNIT-123"))
    assert "unit-123" in found
    assert "unit-124" not in found


def test_one_changes_the_own_password_and_stays_signed_in(client, zhang):
    client.force_login(zhang)
    User.objects.update(must_change_password=True)
    given = {"present": PASSWORD, "new": NEW, "again": NEW}

    assert client.post(reverse("accounts:password"), given).status_code == 302

    zhang.refresh_from_db()
    assert zhang.check_password(NEW)
    assert not zhang.must_change_password
    assert client.get(reverse("accounts:profile")).status_code == 200
    assert Event.objects.of("user", zhang.pk).get().verb == "account.password_changed"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"present": "wrong", "new": NEW, "again": NEW}, "present"),
        ({"present": PASSWORD, "new": "Short-1", "again": "Short-1"}, "new"),
        ({"present": PASSWORD, "new": "onlylowercase", "again": "onlylowercase"}, "new"),
        ({"present": PASSWORD, "new": NEW, "again": NEW + "x"}, "again"),
        ({"present": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "new"),
    ],
)
def test_a_password_that_will_not_do_is_refused_beside_its_field(client, zhang, given, field):
    client.force_login(zhang)
    response = client.post(reverse("accounts:password"), given)

    assert response.status_code == 400
    assert f'id="id_{field}_error"' in text(response)
    assert f'href="#id_{field}"' in text(response)
    zhang.refresh_from_db()
    assert zhang.check_password(PASSWORD)


def test_generated_passwords_pass_the_rules_for_chosen_ones():
    made = {generate_password() for _number in range(50)}

    assert len(made) == 50
    for password in made:
        validate_password(password, User(username="zhang"))


def test_the_profile_lists_the_roles_in_words(client, world):
    client.force_login(world.user("a1-lead"))
    page = text(client.get(reverse("accounts:profile")))

    assert "组长" in page
    assert str(world.teams["a1"]) in page


def test_the_profile_of_an_administrator_says_that_business_is_not_theirs(as_admin):
    assert "看不到业务内容" in text(as_admin.get(reverse("accounts:profile")))
