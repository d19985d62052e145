"""States and fixed vocabularies. What differs from campaign to campaign is a row instead (models/vocabulary.py)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CampaignStatus(models.TextChoices):
    DRAFT = "draft", _("筹备中")
    RUNNING = "running", _("进行中")
    FINISHED = "finished", _("已结束")
    ARCHIVED = "archived", _("已归档")


class InspectionStatus(models.TextChoices):
    PLANNED = "planned", _("待批准")
    APPROVED = "approved", _("已批准")
    IN_PROGRESS = "in_progress", _("进行中")
    PENDING_REVIEW = "pending_review", _("待审定")
    CONCLUDED = "concluded", _("已完成")
    POSTPONED = "postponed", _("已改期")
    CANCELLED = "cancelled", _("已取消")


class Outcome(models.TextChoices):
    NONE_YET = "", _("尚未审定")
    FEEDBACK = "feedback", _("已反馈")
    NONE_FOUND = "none_found", _("未发现问题")


class MethodKind(models.TextChoices):
    """act wants a record, manner is ticked, follow-up is fulfilled by the form, order or verification."""

    ACT = "act", _("行为")
    MANNER = "manner", _("方式")
    FOLLOW_UP = "follow_up", _("跟进")


class Nature(models.TextChoices):
    INDIVIDUAL = "individual", _("个性问题")
    COMMON = "common", _("共性问题")


class Source(models.TextChoices):
    """Where a form and its items come from."""

    TEAM = "team", _("督导组检查")
    PROVINCIAL = "provincial", _("省教整办交办")
    CENTRAL = "central", _("中央督导反馈")


class Document(models.TextChoices):
    """What an approval route is for."""

    INSPECTION = "inspection", _("督导检查")
    FEEDBACK_FORM = "feedback_form", _("反馈单")
    RECTIFICATION_PLAN = "rectification_plan", _("整改方案")
    CLOSURE_SHEET = "closure_sheet", _("销号单")
    ADVICE = "advice", _("工作建议")


TEAMS_OWN = (Document.INSPECTION, Document.ADVICE)  # made by teams alone: no provincial or central source


class SignatureForm(models.TextChoices):
    """Three equal ways to sign."""

    SCREEN = "screen", _("在线签批")
    DELEGATE = "delegate", _("委托代签")
    PAPER = "paper", _("线下签批（扫描件）")


class DelegationScope(models.TextChoices):
    RECEIPT = "receipt", _("签收")
    REPORTS = "reports", _("整改报告")
    ALL = "all", _("签收和整改报告")


class DeadlineKind(models.TextChoices):
    """The seed's deadline rules by code; a campaign may add rows of its own for problems."""

    RECEIPT = "receipt", _("签收")
    PLAN = "plan", _("报送整改方案")
    PLAN_REVIEW = "plan_review", _("审核整改方案")
    IMMEDIATE = "immediate", _("立行立改")
    FIXED = "fixed", _("限期整改")
    VERIFICATION = "verification", _("核验")
    CLOSURE = "closure", _("销号审批")
    REDO = "redo", _("退回后重新整改")
    COUNTERSIGN = "countersign", _("补签")
    ADVICE_ANSWER = "advice_answer", _("回复工作建议")
    READING = "reading", _("审阅回复和送审材料")


class CountsFrom(models.TextChoices):
    ISSUE = "issue", _("下发之日")
    RECEIPT = "receipt", _("签收之日")


class ReportClock(models.TextChoices):
    """Which moment of a report counts against the deadline."""

    FILED_WITH_GRACE = "filed_with_grace", _("按时填报、次一工作日内补签视为按期")
    FILED = "filed", _("以填报时间为准")
    SIGNED = "signed", _("以签批时间为准")


class BeforeOrAfter(models.TextChoices):
    """On which side of a date; the date itself is 0 days before."""

    BEFORE = "before", _("之前")
    AFTER = "after", _("之后")


class Light(models.TextChoices):
    GREEN = "green", _("绿灯")
    BLUE = "blue", _("蓝灯")
    YELLOW = "yellow", _("黄灯")
    RED = "red", _("红灯")
    GREY = "grey", _("灰灯")


class LightCondition(models.TextChoices):
    """What a light's row asks of the facts; the first row that holds gives the light."""

    CLOSED_LATE = "closed_late", _("逾期完成")
    CLOSED = "closed", _("按期完成")
    CANCELLED = "cancelled", _("已取消")
    OVERDUE = "overdue", _("已逾期")
    RETURNED = "returned", _("多次退回且待单位整改")
    BEHIND = "behind", _("落后于序时进度")
    NEAR_DUE = "near_due", _("临期")
    NOT_STARTED = "not_started", _("未启动")
    ON_COURSE = "on_course", _("正常推进")


class CloseCheck(models.TextChoices):
    """A close-out requirement that the system can judge from facts; empty: ticked by the closer alone."""

    BY_HAND = "", _("由审批人核对")
    MEASURES_DONE = "measures_done", _("各项措施已完成")
    EVIDENCE_EFFECTIVE = "evidence_effective", _("佐证材料有效")
    REPORT_SIGNED = "report_signed", _("整改报告已签批")
    VERIFIED = "verified", _("核验记录齐全")


# --- guidance: daily records, advice, drafts filed for reading --------------------------------------------------------


class DailyStatus(models.TextChoices):
    """日常督导记录 needs no approval; only what is to be followed up waits for somebody."""

    RECORDED = "recorded", _("已记录")
    TO_FOLLOW = "to_follow", _("待跟进")
    FOLLOWED_UP = "followed_up", _("已跟进")
    VOIDED = "voided", _("已作废")


class FollowUp(models.TextChoices):
    """What a daily record asks for."""

    NONE = "", _("不需要")
    ADVICE = "advice", _("提出工作建议")
    NEXT_VISIT = "next_visit", _("下次检查时查看")
    PROBLEM = "problem", _("列为问题")


class AdviceStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    PENDING_SIGNOFF = "pending_signoff", _("待审签")
    ISSUED = "issued", _("待回复")
    ANSWERED = "answered", _("已回复")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")


class Stance(models.TextChoices):
    """How a unit takes advice: it is answered, not rectified."""

    ADOPTED = "adopted", _("采纳")
    PARTLY = "partly", _("部分采纳")
    NOT_NOW = "not_now", _("暂不采纳")


class FiledDraftStatus(models.TextChoices):
    TO_READ = "to_read", _("待审阅")
    READ = "read", _("已审阅")
    ADOPTED = "adopted", _("已定稿")
    WITHDRAWN = "withdrawn", _("已撤回")


class Verdict(models.TextChoices):
    """What the team says of a draft that it has read."""

    NO_COMMENT = "no_comment", _("无意见")
    COMMENTS = "comments", _("有修改意见")
