"""States of an item and of a report, and the fixed words of measures and verifications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemStatus(models.TextChoices):
    PENDING = "pending", _("待签收")
    ASSIGNED = "assigned", _("已交办")
    PLAN_REVIEW = "plan_review", _("方案待审")
    IN_PROGRESS = "in_progress", _("整改中")
    SUBMITTED = "submitted", _("待核验")
    PENDING_CLOSE = "pending_close", _("待销号")
    CLOSED = "closed", _("已销号")
    RETURNED = "returned", _("已退回")
    CANCELLED = "cancelled", _("已取消")


SETTLED = (ItemStatus.CLOSED, ItemStatus.CANCELLED)


class ReportStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PENDING_SIGNOFF = "pending_signoff", _("待签批")
    SUBMITTED = "submitted", _("已报送")
    APPROVED = "approved", _("审核通过")
    FILED = "filed", _("已备案")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")


class MeasureState(models.TextChoices):
    TO_DO = "to_do", _("未开始")
    DOING = "doing", _("推进中")
    DONE = "done", _("已完成")
    NOT_NEEDED = "not_needed", _("不再需要")


class ReportedProgress(models.TextChoices):
    """整改报告 ②: the four words of a rectification report."""

    DONE = "done", _("已完成整改")
    NEARLY = "nearly", _("基本完成")
    ONGOING = "ongoing", _("正在推进")
    LONG_TERM = "long_term", _("长期坚持")


class VerificationWay(models.TextChoices):
    ON_SITE = "on_site", _("现场核验")
    DOCUMENTS = "documents", _("查阅资料")
    CALL = "call", _("电话核验")
    INTERVIEW = "interview", _("访谈核验")


class ReturnTo(models.TextChoices):
    """Where a refused close-out goes."""

    TEAM = "team", _("退督导组补充核验")
    UNIT = "unit", _("退单位补充整改")


class Lane(models.TextChoices):
    """How a deadline was set: at once, or within a term."""

    IMMEDIATE = "immediate", _("立行立改")
    FIXED = "fixed", _("限期整改")


class Filed(models.TextChoices):
    """The last submission against the *original* date."""

    NOT_YET = "", _("未报送")
    IN_TIME = "in_time", _("按原定时限报送")
    AFTER = "after", _("晚于原定时限报送")


class Question(models.TextChoices):
    """What a row of counters answers (rectification/models/count.py)."""

    STATE = "state", _("现在的状态")
    CATEGORY = "category", _("问题类别")
    OPENED = "opened", _("下发的那一周")
    DUE = "due", _("原定时限的那一周")
    SUBMITTED = "submitted", _("报送的那一周")
    CLOSED = "closed", _("销号的那一周")
