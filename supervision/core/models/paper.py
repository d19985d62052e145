"""A frozen paper: what was signed, as canonical JSON with its sum. Append-only by triggers (core/apps.py)."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Paper(models.Model):
    """One version of one paper of a subject. The page, Word and PDF are made from `content` alone."""

    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    kind = models.CharField(_("文书种类"), max_length=64)  # e.g. "feedback_form", "closure_sheet"
    version = models.PositiveIntegerField(_("版本"), default=1)
    template_version = models.CharField(max_length=64)
    content = models.TextField()  # canonical JSON (core/papers.py); a database reorders its own JSON type
    sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()

    class Meta:
        app_label = "core"
        verbose_name = _("固化文书")
        ordering = ["subject_kind", "subject_id", "kind", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_kind", "subject_id", "kind", "version"], name="paper_version_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} {self.kind} v{self.version}"

    @property
    def data(self) -> Any:
        """The paper's content, read back. Dates and moments are ISO texts."""
        return json.loads(self.content)
