"""What the API keeps of its own: personal tokens, and answers that must not be given twice."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonalToken(models.Model):
    """A person's key for a program of theirs: kept as a digest, limited in time, for reading or for all they may do."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("用途"), max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    may_write = models.BooleanField(_("可办理"), default=False)
    created_at = models.DateTimeField(_("建立时间"))
    expires_at = models.DateTimeField(_("到期时间"))
    revoked_at = models.DateTimeField(_("吊销时间"), null=True)
    last_used_at = models.DateTimeField(_("最近使用"), null=True)

    class Meta:
        verbose_name = _("访问令牌")
        ordering = ["-pk"]
        indexes = [models.Index(name="token_by_user", fields=["user", "-id"])]

    def __str__(self) -> str:
        return self.name

    def is_valid(self, at: datetime) -> bool:
        return self.revoked_at is None and at < self.expires_at


class StoredAnswer(models.Model):
    """The answer to a POST that named an idempotency key; given again for a day when the same request comes again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=128)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="stored_answer_once", fields=["user", "key"])]
