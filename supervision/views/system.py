"""运行情况: what runs by itself, how often, when it ran last and what it did; what could not be sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django_celery_beat.models import PeriodicTask

from accounts.models import Administrator, User
from accounts.roles import Role
from supervision.core import schedules
from supervision.core.models.delivery import Delivery, DeliveryState
from supervision.core.models.task_run import TaskRun
from supervision.core.parts import Crumb
from supervision.core.refusals import Unmet
from supervision.core.schedules import JOBS, Job
from supervision.forms.system import ScheduleForm
from supervision.services import mailing
from supervision.services import schedules as service

RUNS_SHOWN = 30
FAILED_SHOWN = 50


@dataclass(frozen=True)
class JobLine:
    """A job with its schedule and its last run."""

    job: Job
    row: PeriodicTask | None
    minutes: int | None
    last: TaskRun | None


def account(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def failed_for(user: User) -> QuerySet[Delivery]:
    """What the system administrator sees of every campaign, the office of its own."""
    failed = Delivery.objects.filter(state=DeliveryState.FAILED).select_related("recipient")
    if user.scope.administrator == Administrator.SYSTEM:
        return failed
    return failed.filter(campaign_id__in=user.scope.ids(Role.OFFICE, Role.OFFICE_LEAD))


class SystemView(View):
    """Everybody else is refused."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not service.may_read(account(request)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class SystemIndexView(SystemView):
    def get(self, request: HttpRequest) -> HttpResponse:
        user = account(request)
        context = {
            "lines": _lines(),
            "failed": list(failed_for(user).order_by("-pk")[:FAILED_SHOWN]),
            "runs": list(TaskRun.objects.filter(is_failed=True).order_by("-pk")[:RUNS_SHOWN]),
            "may_change": service.may_change(user),
            "mail_is_on": mailing.is_on(),
        }
        return render(request, "supervision/system.html", context)


def _lines() -> list[JobLine]:
    rows = {row.name: row for row in PeriodicTask.objects.select_related("interval")}
    last: dict[str, TaskRun] = {}
    for job in JOBS:
        found = TaskRun.objects.filter(task=job.task).order_by("-pk").first()
        if found is not None:
            last[job.task] = found
    return [
        JobLine(job, row := rows.get(job.name), service.minutes_of(row) if row else None, last.get(job.task))
        for job in JOBS
    ]


class ScheduleView(SystemView):
    """One job: how often, whether, and its last runs."""

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        job, row = _found(name)
        initial = {"minutes": service.minutes_of(row), "enabled": row.enabled}
        return self._show(request, job, ScheduleForm(initial=initial).for_job(job))

    def post(self, request: HttpRequest, name: str) -> HttpResponse:
        job, _row = _found(name)
        form = ScheduleForm(request.POST).for_job(job)
        if not form.is_valid():
            return self._show(request, job, form, status=400)
        try:
            service.change_schedule(job=job, actor=account(request), at=timezone.now(), **form.cleaned_data)
        except Unmet as refusal:
            for each in refusal.conditions:
                form.add_error(each.name if each.name in form.fields else None, str(each.sentence))
            return self._show(request, job, form, status=refusal.status)
        messages.success(request, _("已保存，立即生效。"))
        return redirect("supervision:system")

    def _show(self, request: HttpRequest, job: Job, form: ScheduleForm, status: int = 200) -> HttpResponse:
        context = {
            "title": job.title,
            "lead": job.about,
            "form": form,
            "job": job,
            "may_change": service.may_change(account(request)),
            "runs": list(TaskRun.objects.filter(task=job.task).order_by("-pk")[:RUNS_SHOWN]),
            "cancel_url": reverse("supervision:system"),
            "crumbs": [Crumb(_("运行情况"), reverse("supervision:system")), Crumb(job.title)],
        }
        return render(request, "supervision/schedule.html", context, status=status)


def _found(name: str) -> tuple[Job, PeriodicTask]:
    job = schedules.job_of(name)
    row = PeriodicTask.objects.select_related("interval").filter(name=name).first()
    if job is None or row is None:
        raise Http404
    return job, row


class RetryView(SystemView):
    """Send a failed message again; not found where it is another campaign's."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        delivery = failed_for(account(request)).filter(pk=pk).first()
        if delivery is None:
            raise Http404
        service.retry_delivery(delivery=delivery, actor=account(request), at=timezone.now())
        messages.success(request, _("已重新排入发送，约一分钟内发出。"))
        return redirect("supervision:system")
