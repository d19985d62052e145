"""The schedules as the office edits them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_celery_beat.models import PeriodicTask

from accounts.models import Administrator, User
from accounts.roles import Role
from supervision.core import schedules
from supervision.core.events import record, register_verb
from supervision.core.models.delivery import Delivery
from supervision.core.refusals import Condition, NotAllowed, Unmet
from supervision.core.schedules import Job
from supervision.services import sending

register_verb("schedule.changed", gettext_lazy("修改定时任务"))
register_verb("delivery.retried", gettext_lazy("重新发送"))


def may_read(user: User) -> bool:
    """The provincial office and the system administrator; no business content is shown there."""
    return user.scope.administrator == Administrator.SYSTEM or user.scope.has(Role.OFFICE, Role.OFFICE_LEAD)


def may_change(user: User) -> bool:
    return user.scope.administrator == Administrator.SYSTEM or user.scope.has(Role.OFFICE_LEAD)


@transaction.atomic
def change_schedule(*, job: Job, minutes: int, enabled: bool, actor: User, at: datetime) -> PeriodicTask:
    """How often a job runs, and whether. Beat takes it over at once."""
    _check(actor)
    row = PeriodicTask.objects.select_for_update().get(name=job.name)
    faults = []
    if not 1 <= minutes <= job.most:
        faults.append(Condition("minutes", _("请填1至%(most)d分钟。") % {"most": job.most}))
    if job.needed and not enabled:
        faults.append(Condition("enabled", _("这项任务停了，办理会停在半路，不能停用。")))
    was = [minutes_of(row), row.enabled]
    if was == [minutes, enabled]:
        faults.append(Condition("row", _("没有改动任何内容。")))
    if faults:
        raise Unmet(tuple(faults))
    row.interval, row.crontab, row.enabled = schedules.every(minutes), None, enabled
    row.save()
    payload = {"job": job.name, "was": was, "now": [minutes, enabled]}
    record("schedule.changed", subject=_locked(actor), actor=actor, at=at, payload=payload)
    return row


def minutes_of(row: PeriodicTask) -> int | None:
    """How often it runs; None for a schedule of another kind, made outside these pages."""
    if row.interval is None:
        return None
    return max(1, round(row.interval.schedule.run_every.total_seconds() / 60))


@transaction.atomic
def retry_delivery(*, delivery: Delivery, actor: User, at: datetime) -> None:
    """The same message again, by whoever looks after what leaves the system."""
    _check(actor)
    if not sending.try_again(pk=delivery.pk, at=at):
        raise Unmet((Condition("failed", _("这一条已经在发送了。")),))
    record("delivery.retried", subject=_locked(actor), actor=actor, at=at, payload={"delivery": delivery.message_id})


def _check(actor: User) -> None:
    if not may_change(actor):
        raise NotAllowed.for_roles(f"{Role.OFFICE_LEAD.label}、{Administrator.SYSTEM.label}")


def _locked(actor: User) -> User:
    return User.objects.select_for_update().get(pk=actor.pk)
