"""Signatures in their three equal forms, and the steps of an approval route before the last."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role
from supervision.core.models.file import StoredFile
from supervision.enums import SignatureForm


class Signature(models.Model):
    """Who signed what, when and how. A paper act counts from the date on paper and names who entered it."""

    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    act = models.CharField(max_length=32)
    version = models.PositiveSmallIntegerField(default=1)
    form = models.CharField(_("签批方式"), max_length=8, choices=SignatureForm)
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    signer_name = models.CharField(_("签批人"), max_length=64)
    signer_post = models.CharField(_("职务"), max_length=128, blank=True)
    on_behalf_of = models.CharField(_("委托人"), max_length=64, blank=True)
    signed_on = models.DateField(_("签批日期"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    scan = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    disputed_at = models.DateTimeField(null=True)
    dispute_note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("签字背书")
        indexes = [models.Index(name="signature_subject", fields=["subject_kind", "subject_id", "act"])]
        constraints = [
            models.CheckConstraint(
                name="signature_paper_has_scan", condition=~Q(form=SignatureForm.PAPER) | Q(scan__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        if self.on_behalf_of:
            names = {"name": self.signer_name, "principal": self.on_behalf_of}
            return gettext("%(name)s（受%(principal)s委托）") % names
        return self.signer_name

    @property
    def is_settled(self) -> bool:
        """May the next reader rely on it? A paper one only when its scan was compared and nobody disputes it."""
        if self.form != SignatureForm.PAPER:
            return True
        return self.confirmed_at is not None and self.disputed_at is None


class Endorsement(models.Model):
    """A step 核稿 of an approval route that precedes the signing one."""

    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    round = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=16, choices=Role)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="endorsement_once", fields=["subject_kind", "subject_id", "round", "step"])
        ]
