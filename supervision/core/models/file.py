"""A stored file: the row beside the bytes on disk (core/files.py)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """An attachment of a subject. The bytes lie under a random name; the name people know is only text here."""

    subject_kind = models.CharField(max_length=64)
    subject_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField(null=True)
    body_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    storage_name = models.CharField(max_length=64, unique=True)  # below MEDIA_ROOT, e.g. "3f/3f…"
    original_name = models.CharField(_("文件名"), max_length=255)
    content_type = models.CharField(_("类型"), max_length=128)
    size = models.BigIntegerField(_("大小"))  # bytes, as stored
    sha256 = models.CharField(max_length=64)  # of the bytes as stored: a photo's after its metadata were removed
    width = models.PositiveIntegerField(null=True)  # pixels; photos only
    height = models.PositiveIntegerField(null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    client_key = models.UUIDField(null=True, unique=True)  # the browser's own: a resent upload makes nothing double

    class Meta:
        app_label = "core"
        verbose_name = _("附件")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="stored_file_subject"),
            # “The same file on another item must be explained” asks by sum within a campaign.
            models.Index(fields=["campaign_id", "sha256"], name="stored_file_sum"),
        ]

    def __str__(self) -> str:
        return self.original_name
