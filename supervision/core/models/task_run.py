"""When beat's tasks ran, how long they took and what they did."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TaskRun(models.Model):
    """One run of a scheduled task. `result` is what it returned: mostly how many rows it wrote."""

    task = models.CharField(max_length=128)
    started_at = models.DateTimeField(_("开始时间"))
    took_ms = models.PositiveIntegerField(_("用时（毫秒）"))
    is_failed = models.BooleanField(_("失败"), default=False)
    result = models.CharField(_("结果"), max_length=64, blank=True)
    error = models.CharField(_("错误"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("定时任务运行记录")
        indexes = [models.Index(name="task_run_newest", fields=["task", "-id"])]

    def __str__(self) -> str:
        return f"{self.task} {self.started_at:%m-%d %H:%M}"
