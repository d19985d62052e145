"""运行情况: schedules that can be read and edited within bounds, runs that are written down, messages sent again."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from supervision import tasks
from supervision.core import schedules
from supervision.core.models import Delivery, Event, TaskRun
from supervision.services import sending
from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/system/"


@pytest.fixture
def office(client: Any, world: World) -> Any:
    client.force_login(world.user("office-lead"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def schedule(name: str) -> str:
    return reverse("supervision:schedule", args=[name])


def test_every_job_has_its_schedule_and_what_the_office_has_set_stays():
    assert set(PeriodicTask.objects.values_list("name", flat=True)) >= {job.name for job in schedules.JOBS}
    PeriodicTask.objects.filter(name="remind").update(interval=schedules.every(30))
    schedules.ensure()
    assert PeriodicTask.objects.get(name="remind").interval.every == 30


def test_the_office_changes_how_often_a_job_runs(office: Any):
    assert office.post(schedule("remind"), {"minutes": "15", "enabled": "on"}).status_code == 302
    row = PeriodicTask.objects.get(name="remind")
    assert (row.interval.every, row.interval.period, row.enabled) == (15, "minutes", True)
    assert Event.objects.get(verb="schedule.changed").payload == {"job": "remind", "was": [5, True], "now": [15, True]}
    assert "15分钟" in office.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("job", "data", "status", "word"),
    [
        ("remind", {"minutes": "999", "enabled": "on"}, 409, "1至120"),
        ("remind", {"minutes": "0", "enabled": "on"}, 400, "1"),
        ("remind", {"minutes": "5", "enabled": "on"}, 409, "没有改动"),
        ("deem-forms-received", {"minutes": "5"}, 409, "不能停用"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_beside_its_field(
    office: Any, job: str, data: dict[str, str], status: int, word: str
):
    answer = office.post(schedule(job), data)
    assert answer.status_code == status
    assert word in answer.content.decode()
    assert f'value="{data["minutes"]}"' in answer.content.decode()


def test_the_staff_reads_and_does_not_change(client: Any, world: World):
    client.force_login(world.user("office"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(schedule("remind"), {"minutes": "15", "enabled": "on"}).status_code == 403


def test_a_run_is_written_down_with_what_it_did(office: Any, monkeypatch: pytest.MonkeyPatch):
    tasks.send.apply()
    run = TaskRun.objects.get()
    assert (run.task, run.result, run.is_failed) == ("supervision.tasks.send", "0", False)

    def fails(**_given: Any) -> int:
        raise RuntimeError("磁盘已满")

    monkeypatch.setattr(sending, "send_due", fails)
    tasks.send.apply()
    failed = TaskRun.objects.get(is_failed=True)
    assert "磁盘已满" in failed.error
    for page in (PAGE, schedule("send")):
        assert "磁盘已满" in office.get(page).content.decode()


def test_a_message_that_failed_is_sent_again_by_a_button(office: Any, world: World):
    failed = Delivery.objects.create(
        campaign_id=world.campaign.pk, recipient=world.users["u1"], day=world.today, message_id="<1@x>", text="",
        address="u1@example.cn", subject="标题", state="failed", tries=6, last_error="550 拒收", next_try_at=world.at,
        created_at=world.at,
    )  # fmt: skip
    assert "550 拒收" in office.get(PAGE).content.decode()
    again = reverse("supervision:delivery-retry", args=[failed.pk])
    assert office.post(again).status_code == 302
    failed.refresh_from_db()
    assert (failed.state, failed.tries) == ("waiting", 0)
    assert office.post(again).status_code == 404
