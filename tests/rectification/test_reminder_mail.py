"""Reminders by e-mail, against a real SMTP server: once each, as the person wants within what the campaign allows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from rectification.models import RectificationItem, Report
from supervision.core.models import Delivery, DeliveryState, Reminder
from supervision.core.models.calendar import DayKind
from supervision.core.workdays import Calendar, Exceptional
from supervision.models import Campaign
from supervision.services import sending
from supervision.services.mailing import text_of, write_mail
from supervision.services.reminders import remind
from supervision.services.rounds import reminding_round
from supervision.vocabulary import forget, vocabulary_of
from tests.mail import Sink, mailing
from tests.rectification import item_world as iw
from tests.rectification import report_world as rw
from tests.rectification.test_reminders import away, morning
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    everyday = type("Everyday", (), {"is_working_day": lambda self, day: True})()
    monkeypatch.setattr(sending, "load_calendar", lambda: everyday)  # today may be a Sunday
    with mailing() as server:
        yield server


@pytest.fixture
def item(world: World) -> RectificationItem:
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(email=f"{user.username}@example.cn")
    return iw.in_progress(world)


def run(at: Any) -> None:
    """What beat does: remind, write, send, each twice."""
    for _again in range(2):
        reminding_round(at=at)
    Delivery.objects.update(next_try_at=timezone.now())
    for _again in range(2):
        sending.send_due(at=timezone.now())


def received(sink: Sink) -> list[tuple[str, str]]:
    return sorted((str(each["To"]), str(each["Subject"]).strip()) for each in sink.taken)


def test_an_urgent_reminder_is_mailed_at_once_and_once(item: RectificationItem, sink: Sink):
    run(away(item, 0))
    subject = "〔测试〕整改并报送核验：今天到期"
    assert received(sink) == [("u1-head@example.cn", subject), ("u1@example.cn", subject)]
    assert set(sink.ids) == set(Delivery.objects.values_list("message_id", flat=True))
    assert set(Delivery.objects.values_list("state", "tries")) == {(DeliveryState.SENT, 1)}
    text = sink.taken[0].get_content()
    assert item.number in text
    assert item.title not in text


def test_what_is_not_urgent_comes_in_one_digest_a_day(world: World, item: RectificationItem, sink: Sink):
    other = iw.in_progress(world)
    run(away(item, -5))
    assert received(sink) == [("u1@example.cn", "〔测试〕到期提醒汇总，共2件")]
    third = iw.in_progress(world)
    run(away(item, -5, hour=15))  # new on the same day: it waits for the next digest
    assert len(sink.taken) == 1
    run(away(item, -4))
    assert received(sink)[0] == ("u1@example.cn", "〔测试〕到期提醒汇总，共1件")
    text = sink.taken[1].get_content()
    assert third.number in text
    assert other.number not in text


def test_of_a_report_the_number_of_its_form_is_mailed_and_no_word_of_its_title(world: World, sink: Sink):
    User.objects.filter(username="u1-head").update(email="u1-head@example.cn")
    report = rw.sent(world)
    Report.objects.filter(pk=report.pk).update(title="某单位党委书记违纪问题 整改报告")
    run(away(report.items.first(), 0))
    (message,) = sink.taken
    text = message.get_content()
    assert text.startswith(f"{report.form.number} 签批整改报告：")
    assert "党委书记" not in text
    untitled = Reminder(stage="report", label="违纪问题整改报告", due_on=world.today, sent_on=world.today)
    assert "违纪" not in text_of([untitled], vocabulary_of(world.campaign.pk), world.today)


def test_what_came_after_the_last_digest_before_a_long_holiday_is_in_the_first_one_after_it(
    item: RectificationItem, sink: Sink, monkeypatch: pytest.MonkeyPatch
):
    at = away(item, -5)
    assert remind(campaign_id=item.campaign_id, at=at) == 1
    last = timezone.localdate(at)
    off = Calendar([Exceptional(last + timedelta(n), DayKind.DAY_OFF) for n in range(1, 11)], [])
    monkeypatch.setattr("supervision.vocabulary.load_calendar", lambda: off)
    forget()
    assert write_mail(campaign_id=item.campaign_id, at=morning(off.add(last, 1))) == 1


@pytest.mark.parametrize(
    ("campaign", "person", "messages"),
    [
        ("at_once", "at_once", ["整改并报送核验：今天到期"]),
        ("at_once", "digest", ["到期提醒汇总，共1件"]),
        ("digest", "at_once", ["到期提醒汇总，共1件"]),
        ("never", "at_once", []),
        ("at_once", "never", []),
    ],
)
def test_the_person_chooses_within_what_the_campaign_allows(
    item: RectificationItem, sink: Sink, campaign: str, person: str, messages: list[str]
):
    Campaign.objects.update(mail_timing=campaign)
    User.objects.exclude(username="u1").update(mail_timing="never")
    User.objects.filter(username="u1").update(mail_timing=person)
    forget()
    run(away(item, 0))
    assert received(sink) == [("u1@example.cn", f"〔测试〕{each}") for each in messages]


def test_what_was_read_in_the_system_is_not_mailed(item: RectificationItem, sink: Sink):
    at = away(item, 0)
    remind(campaign_id=item.campaign_id, at=at)
    Reminder.objects.update(read_at=at)
    run(at)
    assert sink.taken == []


def test_one_that_always_fails_ends_after_its_tries_and_holds_up_nobody(item: RectificationItem, sink: Sink):
    sink.refused = {"u1@example.cn"}
    run(away(item, 0))
    assert [to for to, _subject in received(sink)] == ["u1-head@example.cn"]
    for _day in range(sending.MOST_TRIES + 2):
        Delivery.objects.update(next_try_at=timezone.now())
        sending.send_due(at=timezone.now())
    failed = Delivery.objects.get(state=DeliveryState.FAILED)
    assert (failed.tries, failed.address) == (sending.MOST_TRIES, "u1@example.cn")
    assert "550" in failed.last_error
    sink.refused = set()
    assert sending.try_again(pk=failed.pk, at=timezone.now())
    sending.send_due(at=timezone.now())
    assert sink.ids[-1] == failed.message_id
    assert not sending.try_again(pk=failed.pk, at=timezone.now())


def test_whoever_died_while_sending_leaves_it_to_the_next_under_the_same_id(item: RectificationItem, sink: Sink):
    """Claimed, sent, never stamped: nobody takes it within the lease; afterwards the same message comes again."""
    run(away(item, 0))
    first = Delivery.objects.order_by("pk").first()
    Delivery.objects.filter(pk=first.pk).update(state=DeliveryState.WAITING, next_try_at=timezone.now() + sending.LEASE)
    sending.send_due(at=timezone.now())
    assert len(sink.taken) == 2
    Delivery.objects.filter(pk=first.pk).update(next_try_at=timezone.now() - timedelta(seconds=1))
    sending.send_due(at=timezone.now())
    assert len(sink.taken) == 3
    assert len(set(sink.ids)) == 2


def test_nothing_leaves_on_a_day_off(item: RectificationItem, sink: Sink, monkeypatch: pytest.MonkeyPatch):
    never = type("Never", (), {"is_working_day": lambda self, day: False})()
    monkeypatch.setattr(sending, "load_calendar", lambda: never)
    run(away(item, 0))
    assert sink.taken == []


def test_a_person_sets_where_and_how_often_they_are_mailed(client, world: World):
    client.force_login(world.user("u1"), backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/me/reminders/", {"email": "no address", "mail_timing": "digest"})
    assert answer.status_code == 400
    assert "no address" in answer.content.decode()
    assert client.post("/me/reminders/", {"email": "u1@example.cn", "mail_timing": "digest"}).status_code == 302
    user = world.user("u1")
    assert (user.email, user.mail_timing) == ("u1@example.cn", "digest")
    assert "u1@example.cn" in client.get("/me/").content.decode()


def test_the_object_says_who_was_reminded_when_and_how(client, item: RectificationItem, sink: Sink):
    run(away(item, 2))
    address = f"/reminders/of/rectification_item/{item.pk}/"

    def seen_by(username: str) -> str:
        client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
        return str(client.get(address).content.decode())

    leader = seen_by("a1-lead")
    assert "整改并报送核验：已逾期2个工作日" in leader
    for name in ("测试u1", "测试u1-head", "测试a1-lead"):
        assert f"{name}（" in leader
    assert "邮件已发送" in leader
    unit = seen_by("u1")
    assert "测试u1-head（" in unit
    assert "测试a1-lead（" not in unit
    client.force_login(User.objects.get(username="u2"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(address).status_code == 404
