"""Numbers of papers 发文字号: the series that give them and the register of all that were ever given."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from supervision.core.models.version import VocabularyRow

TOKENS = re.compile(r"\{(prefix|year|n)\}")
DEFAULT_PATTERN = "{prefix}〔{year}〕{n}号"  # GB/T 9704-2012, 7.2.5: 发文机关代字、年份、发文顺序号


def validate_pattern(pattern: str) -> None:
    """Refuse a pattern that would give the same text twice."""
    if "{n}" not in pattern or "{year}" not in pattern:
        raise ValidationError(_("编号格式须含 {year} 与 {n}。"), code="pattern")


class NumberSeries(VocabularyRow):
    """One running series of a campaign, such as the feedback forms of one team, with its prefix 代字."""

    campaign_id = models.BigIntegerField()
    code = models.CharField(_("编号系列"), max_length=64)  # e.g. "feedback_form:court-1", "closure_sheet"
    prefix = models.CharField(_("代字"), max_length=64, blank=True)
    pattern = models.CharField(_("编号格式"), max_length=64, default=DEFAULT_PATTERN, validators=[validate_pattern])

    class Meta:
        app_label = "core"
        verbose_name = _("编号系列")
        constraints = [
            models.UniqueConstraint(fields=["campaign_id", "code"], name="number_series_code_unique"),
            # Two series that print the same texts would tear gaps into each other.
            models.UniqueConstraint(fields=["campaign_id", "prefix", "pattern"], name="number_series_prefix_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.prefix}"

    def text_of(self, year: int, value: int) -> str:
        """How the number `value` of `year` is printed. Plain replacement: a pattern is data and never runs."""
        words = {"prefix": self.prefix, "year": str(year), "n": str(value)}
        return TOKENS.sub(lambda token: words[token[1]], self.pattern)


class NumberCounter(models.Model):
    """The last value that a series has used in a year. Its row lock is what makes a number unique."""

    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, related_name="counters")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "core"
        constraints = [models.UniqueConstraint(fields=["series", "year"], name="number_counter_unique")]

    def __str__(self) -> str:
        return f"{self.series_id} {self.year}: {self.last}"


class IssuedNumber(models.Model):
    """A number that was given, by a series or typed from the office's own register. Never deleted, never reused."""

    series = models.ForeignKey(NumberSeries, on_delete=models.PROTECT, null=True, related_name="numbers")
    campaign_id = models.BigIntegerField()
    text = models.CharField(_("文号"), max_length=160)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(null=True)  # the place in the series; a typed number has none
    is_typed = models.BooleanField(default=False)
    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    issued_at = models.DateTimeField()
    voided_at = models.DateTimeField(null=True)  # the paper was voided; the number stays used

    class Meta:
        app_label = "core"
        verbose_name = _("文号")
        constraints = [
            models.UniqueConstraint(fields=["campaign_id", "text"], name="issued_number_text_unique"),
            models.UniqueConstraint(fields=["series", "year", "value"], name="issued_number_value_unique"),
            models.CheckConstraint(
                name="issued_number_series_or_typed",
                condition=models.Q(is_typed=True, series__isnull=True, value__isnull=True)
                | models.Q(is_typed=False, series__isnull=False, value__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="issued_number_subject")]

    def __str__(self) -> str:
        return self.text
