"""The office's calendar: which days are worked, year by year, as the State Council announces them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from supervision.core.models.version import VocabularyRow


class DayKind(models.TextChoices):
    """What a calendar day is. Only the first two are stored: they are the exceptions to Monday to Friday."""

    DAY_OFF = "day_off", _("放假")
    MAKE_UP = "make_up", _("调休上班")
    WORKING = "working", _("工作日")
    WEEKEND = "weekend", _("周末")


class CalendarYear(VocabularyRow):
    """A year the office knows about. Without a row, or not official, the year is shown as provisional 暂定."""

    kind: ClassVar[str] = "calendar_year"

    year = models.PositiveSmallIntegerField(_("年份"), unique=True)
    is_official = models.BooleanField(_("已正式公布"), default=False)
    source = models.TextField(_("依据"), blank=True)

    class Meta:
        app_label = "core"
        verbose_name = _("日历年份")
        ordering = ["year"]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def label(self) -> str:
        return _("%(year)d年工作日历") % {"year": self.year}


class CalendarDay(VocabularyRow):
    """One exception to “Monday to Friday is worked”: a day off, or a weekend day that is worked 调休."""

    day = models.DateField(_("日期"), unique=True)
    kind = models.CharField(
        _("类别"),
        max_length=16,
        choices=[(kind.value, kind.label) for kind in (DayKind.DAY_OFF, DayKind.MAKE_UP)],
    )
    name = models.CharField(_("节日"), max_length=64, blank=True)

    class Meta:
        app_label = "core"
        verbose_name = _("日历例外日")
        ordering = ["day"]
        constraints = [
            models.CheckConstraint(
                name="calendar_day_kind_known",
                condition=models.Q(kind__in=[DayKind.DAY_OFF.value, DayKind.MAKE_UP.value]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()}"
