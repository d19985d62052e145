"""States of a feedback form and of the problems on it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FormStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PENDING_SIGNOFF = "pending_signoff", _("待审签")
    ISSUED = "issued", _("已下发")
    ACKNOWLEDGED = "acknowledged", _("已签收")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")
    VOIDED = "voided", _("已作废")


class NeedToKnow(models.TextChoices):
    """知悉范围. Classified 密级 material is refused: it has no place in this system."""

    PUBLIC = "public", _("公开")
    INTERNAL = "internal", _("内部")


class Progress(models.TextChoices):
    """How far a problem on a form is: told downward by its item, so that a form reads its own rows only."""

    PENDING = "pending", _("待签收")
    ASSIGNED = "assigned", _("已交办")
    RECTIFYING = "rectifying", _("整改中")
    SUBMITTED = "submitted", _("待核验")
    PENDING_CLOSE = "pending_close", _("待销号")
    SETTLED = "settled", _("已办结")


class SettledAs(models.TextChoices):
    NOT_YET = "", _("未办结")
    CLOSED = "closed", _("已销号")
    CANCELLED = "cancelled", _("已取消")
