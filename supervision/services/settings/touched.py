"""What changes of the settings touch among visits and the problems found there, and what is true of any change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from supervision import effects
from supervision.effects import ADD, RETIRE, Change, Effect
from supervision.enums import Document, InspectionStatus
from supervision.models.inspection import ChecklistResult, Inspection, InspectionMethod
from supervision.models.people import Delegation
from supervision.models.problem import Problem
from supervision.services.settings import general, routes, series
from supervision.services.settings.kinds import KINDS

OPEN = (InspectionStatus.PLANNED, InspectionStatus.APPROVED, InspectionStatus.POSTPONED, InspectionStatus.IN_PROGRESS)


def register() -> None:
    """Called once from `apps.ready()`."""
    for kind in KINDS:
        effects.register(kind, of_any_row)
    for kind in ("foci", "points", "methods"):
        effects.register(kind, of_visits)
    for kind in ("categories", "severities"):
        effects.register(kind, of_problems)
    effects.register("phases", of_phases)
    effects.register(routes.KIND, of_routes)
    effects.register(series.KIND, series.effects)
    effects.register(general.GENERAL, of_general)
    effects.register(general.WORDS, of_words)


def of_any_row(change: Change) -> Iterator[Effect]:
    title = KINDS[change.kind].title
    if change.act == ADD:
        yield Effect(_("今后的表单里会多出这一条。"), True)
        yield Effect(_("已有的事项不受影响。"), False)
    elif change.act == RETIRE:
        yield Effect(_("今后的表单不再提供这一条；随时可以恢复使用。"), True)
        yield Effect(_("已经用到它的内容保留原来的%(title)s。") % {"title": title}, False)
    elif change.alters("name", "text"):
        yield Effect(_("页面上改为显示新的名称，包括以前登记的内容。"), True)
        yield Effect(_("已定稿的文书和办理记录保留原来的字句。"), False)


def of_visits(change: Change) -> Iterator[Effect]:
    """Visits that have not been concluded yet, and those that have."""
    if change.row is None:
        if change.kind == "points":
            yield Effect(_("尚未报送审定的督导检查，要点清单里会多出这一条。"), True)
        return
    visits = Inspection.objects.filter(campaign=change.campaign, **_uses(change.kind, change.row)).distinct()
    running = visits.filter(status__in=OPEN).count()
    done = visits.exclude(status__in=OPEN).count()
    words = {"count": running}
    if running and change.act == RETIRE and change.kind == "points":
        yield Effect(_("%(count)d次未报送的督导检查已经填过这个要点，仍然保留。") % words, False)
    elif running and change.act == RETIRE:
        yield Effect(_("%(count)d次未报送的督导检查已经选用，仍按原安排办理。") % words, False)
    elif running:
        yield Effect(_("%(count)d次未报送的督导检查随之改变。") % words, True)
    if done:
        yield Effect(_("已报送或已完成的%(count)d次督导检查，记录和结论不变。") % {"count": done}, False)


def _uses(kind: str, row: Any) -> dict[str, Any]:
    if kind == "foci":
        return {"foci": row}
    if kind == "methods":
        return {"pk__in": InspectionMethod.objects.filter(method=row).values("inspection_id")}
    return {"pk__in": ChecklistResult.objects.filter(point=row).values("inspection_id")}


def of_problems(change: Change) -> Iterator[Effect]:
    if change.row is None:
        return
    column = "category" if change.kind == "categories" else "severity"
    count = Problem.objects.filter(inspection__campaign=change.campaign, **{column: change.row}).count()
    yield Effect(_("督导检查中已登记的%(count)d个问题，归类不变。") % {"count": count}, False)


def of_phases(change: Change) -> Iterator[Effect]:
    if change.alters("starts_on", "ends_on"):
        yield Effect(_("页面顶端的环节进度，以及新登记的检查和反馈单默认所属的环节，按新日期判断。"), True)
        yield Effect(_("已登记的督导检查、反馈单和整改事项所属的环节不变，整改时限也不变。"), False)


def of_routes(change: Change) -> Iterator[Effect]:
    """Visits wait for approval by the routes of inspections; the other documents belong to the apps above."""
    case, roles = change.values["case"], change.values["roles"]
    for role in roles:
        if there := routes.nobody_there(change.campaign, role, change.on):
            words = {"role": routes.word(change.campaign, role), "names": "、".join(there)}
            yield Effect(_("提醒：%(names)s现在没有人担任“%(role)s”，到这一步会停住。") % words, True)
    if case.document != Document.INSPECTION:
        return
    waiting = Inspection.objects.filter(
        campaign=change.campaign, status=InspectionStatus.PLANNED, is_unannounced=case.is_key
    ).count()
    yield Effect(_("正在待批准的%(count)d次督导检查，从现在起按新的路径批准。") % {"count": waiting}, True)
    yield Effect(_("已经批准的督导检查不受影响。"), False)


def of_general(change: Change) -> Iterator[Effect]:
    campaign = change.campaign
    if change.alters("name", "short_name", "promise"):
        yield Effect(_("页面顶端和今后定稿的文书使用新的名称。"), True)
        yield Effect(_("已定稿的文书保留原来的字句。"), False)
    if change.alters("day_ends_at"):
        yield Effect(
            _("从现在起，每天到%(hour)d时为止算当天，以后算次日。") % {"hour": change.value("day_ends_at")}, True
        )
        yield Effect(_("已下发的时限日期不变，已记下的报送、签收日期也不变。"), False)
    if change.alters("paper_days_back", "paper_excludes_key"):
        yield Effect(_("今后登记的线下签批按新的规定核对。"), True)
        yield Effect(_("已登记的线下签批继续有效。"), False)
    if change.alters("delegation_max_days"):
        count = Delegation.objects.filter(
            campaign=campaign, revoked_at__isnull=True, valid_until__gte=change.on
        ).count()
        yield Effect(_("今后的授权委托按新的最长天数核对。"), True)
        yield Effect(_("现在有效的%(count)d份授权委托，期限不变。") % {"count": count}, False)
    if change.alters("contact_within_days", "units_see_contacts"):
        yield Effect(_("日常督导的提示，以及单位能看到什么，从现在起按新的规定。"), True)
        yield Effect(_("已登记的日常督导记录不变。"), False)
    if change.alters("talks_kept_offline"):
        yield Effect(_("从现在起，断网时谈话记录能否存在填写人的电脑或手机上，按新的规定。"), True)
        yield Effect(_("已保存到服务器的谈话记录不变，仍只有本督导组能看到。"), False)
    if change.alters("one_person_units"):
        yield Effect(_("安全管理员今后授予角色时按新的规定核对。"), True)
        yield Effect(_("现有人员的角色不变。"), False)


def of_words(change: Change) -> Iterator[Effect]:
    yield Effect(_("页面和今后定稿的文书使用新的称谓。"), True)
    yield Effect(_("谁能办什么不变；已定稿的文书和办理记录保留原来的字句。"), False)
