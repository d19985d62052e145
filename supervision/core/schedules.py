"""What beat runs and how often; rows of django-celery-beat, made once and edited by the office afterwards.

They are not in CELERY_BEAT_SCHEDULE: beat would write its intervals back over the office's at every start.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from celery.signals import task_postrun, task_prerun
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from supervision.core.models.task_run import TaskRun
from supervision.core.refusals import Sentence

log = logging.getLogger(__name__)

KEPT = timedelta(days=3)
PRUNED_EVERY = 100  # runs
_started: dict[str, float] = {}


@dataclass(frozen=True)
class Job:
    """A task of beat. `minutes` is how often it runs unless the office says otherwise, within `most`.

    `needed`: without it something of the campaign stands still, so it cannot be switched off.
    """

    name: str
    task: str
    title: Sentence
    about: Sentence
    minutes: int
    most: int
    needed: bool = False


JOBS = (
    Job(
        "deliver-pending-notifications", "supervision.core.tasks.deliver_pending", _("补发通知"),
        _("把没有及时送达的通知补上。结果是新通知的条数。"), 1, 60, needed=True,
    ),
    Job(
        "deem-forms-received", "feedback.tasks.deem_forms_received", _("视为送达"),
        _("超过签收期限的反馈单视为送达。结果是反馈单的件数。"), 5, 60, needed=True,
    ),
    Job(
        "remind", "supervision.tasks.remind", _("到期提醒"),
        _("按各专项活动的提醒档次生成提醒和邮件，休息日不发。结果是新提醒的条数。"), 5, 120,
    ),
    Job("send", "supervision.tasks.send", _("发送"), _("把待发送的邮件发出去。结果是发出的封数。"), 1, 60),
    Job(
        "push-hooks", "supervision.core.tasks.push_hooks", _("事件推送"),
        _("把待推送的事件交给各个推送地址。结果是有待推送的地址个数。"), 1, 60,
    ),
    Job(
        "sweep-pushes", "supervision.core.tasks.sweep_pushes", _("清理推送记录"),
        _("删除送达满90天的推送记录。结果是删除的条数。"), 1440, 1440,
    ),
    Job(
        "forget-stored-answers", "api.tasks.forget_answers", _("清理接口应答"),
        _("删除接口一天以前为防重复办理而保存的应答。结果是删除的条数。"), 60, 1440,
    ),
    Job(
        "sweep-orphan-files", "supervision.core.tasks.sweep_files", _("清理文件"),
        _("删除没有记录指向的文件。结果是删除的个数。"), 1440, 1440,
    ),
)  # fmt: skip


def job_of(name: str) -> Job | None:
    return next((job for job in JOBS if job.name == name), None)


def ensure(**_kwargs: Any) -> None:
    """After every migrate: the schedules that are not there yet. What the office has set stays."""
    if PeriodicTask._meta.db_table not in connection.introspection.table_names():
        return
    known = set(PeriodicTask.objects.values_list("name", flat=True))
    for job in JOBS:
        if job.name not in known:
            PeriodicTask.objects.create(name=job.name, task=job.task, interval=every(job.minutes))


def every(minutes: int) -> IntervalSchedule:
    found: IntervalSchedule = IntervalSchedule.objects.get_or_create(every=minutes, period=IntervalSchedule.MINUTES)[0]
    return found


def record_runs() -> None:
    """Called once from `apps.ready()`: the worker writes a row for each run of a job."""
    task_prerun.connect(_begins, dispatch_uid="task-run")
    task_postrun.connect(_ended, dispatch_uid="task-run")


def _begins(task_id: str = "", **_kwargs: Any) -> None:
    _started[task_id] = time.monotonic()


def _ended(task_id: str = "", task: Any = None, retval: Any = None, state: str | None = None, **_kwargs: Any) -> None:
    took = time.monotonic() - _started.pop(task_id, time.monotonic())
    if task is None or task.name not in {job.task for job in JOBS}:
        return
    failed = isinstance(retval, BaseException)
    run = TaskRun(
        task=task.name,
        started_at=timezone.now() - timedelta(seconds=took),
        took_ms=round(took * 1000),
        is_failed=failed,
        result="" if failed or retval is None else str(retval)[:64],
        error=f"{type(retval).__name__}: {retval}"[:500] if failed else "",
    )
    try:
        run.save()
        if run.pk % PRUNED_EVERY == 0:
            TaskRun.objects.filter(started_at__lt=timezone.now() - KEPT).delete()
    except DatabaseError:
        log.warning("The run of %s could not be written down.", task.name)
