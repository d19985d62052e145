"""SharedView 共享视图: a view that the office offers to the campaign's people; scope decides the rows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from supervision.core.models.version import VocabularyRow
from supervision.models.campaign import Campaign


class SharedView(VocabularyRow):
    """Rarely changed and read with every list: it is kept in the process with the campaign's vocabulary."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="shared_views")
    list = models.SlugField(max_length=32)
    name = models.CharField(_("名称"), max_length=30)
    query = models.CharField(max_length=1000, blank=True)
    shared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField()

    class Meta:
        verbose_name = _("共享视图")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
