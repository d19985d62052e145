"""What this app puts around every page: navigation, campaign strip, where objects are shown, who reads their files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Administrator, User
from accounts.roles import Role
from supervision.core import files, links, navigation
from supervision.core.navigation import Header, NavItem, PhaseMark, PlaceMark
from supervision.current import asks_for_another_place, current_campaign, current_place, places_of
from supervision.models.advice import Advice, AdviceAnswer
from supervision.models.daily import DailyRecord
from supervision.models.filed_draft import DraftReading, DraftVersion, FiledDraft
from supervision.models.inspection import Inspection
from supervision.models.problem import Problem
from supervision.services.schedules import may_read
from supervision.vocabulary import Vocabulary, vocabulary_of


def register() -> None:
    navigation.register(NavItem("workbench", _("工作台"), "supervision:workbench", 10, _everyone))
    navigation.register(NavItem("dashboard", _("驾驶舱"), "supervision:dashboard", 20, _has_business))
    navigation.register(NavItem("inspections", _("督导检查"), "supervision:inspection-list", 30, _has_business))
    navigation.register(NavItem("daily", _("日常督导"), "supervision:daily-records", 31, _reads_daily_records))
    navigation.register(NavItem("advice", _("工作建议"), "supervision:advice-list", 32, _has_business))
    navigation.register(NavItem("filed-drafts", _("送审材料"), "supervision:filed-drafts", 33, _has_business))
    navigation.register(NavItem("campaign", _("专项活动"), "supervision:campaign-current", 90, _has_business))
    navigation.register(NavItem("workdays", _("工作日历"), "supervision:workdays", 91, _has_business))
    navigation.register(NavItem("organisation", _("组织机构"), "supervision:organisation", 93, _reads_organisation))
    navigation.register(NavItem("directory", _("通讯录"), "supervision:directory", 92, _has_business))
    navigation.register(NavItem("delegations", _("授权委托"), "supervision:delegations", 95, _may_delegate))
    navigation.register(NavItem("people", _("人员与角色"), "supervision:people", 96, _binds_people))
    navigation.register(NavItem("events", _("审计日志"), "supervision:events", 97, _audits))
    navigation.register(NavItem("system", _("运行情况"), "supervision:system", 98, may_read))
    navigation.register(NavItem("notifications", _("通知"), "supervision:notification-list", 100, _everyone))
    navigation.register_header(campaign_header)
    links.register("inspection", "supervision:inspection")
    links.register("campaign", "supervision:campaign")
    _register_guidance()
    files.register_owner(Inspection.kind, reads_inspection_files)
    files.register_owner(Problem.kind, reads_problem_files)


def _register_guidance() -> None:
    links.register(DailyRecord.kind, "supervision:daily-record")
    links.register(Advice.kind, "supervision:advice")
    links.register(FiledDraft.kind, "supervision:filed-draft")
    files.register_owner(DailyRecord.kind, _reader_of(DailyRecord.objects))
    files.register_owner(Advice.kind, _reader_of(Advice.objects))
    files.register_owner(AdviceAnswer.kind, _reader_of(Advice.objects, "answers"))
    files.register_owner(DraftVersion.kind, _reader_of(FiledDraft.objects, "versions"))
    files.register_owner(DraftReading.kind, _reader_of(FiledDraft.objects, "versions__reading"))


def _reader_of(objects: Any, part: str = "pk") -> Callable[[User, int], bool]:
    """Whoever sees the row sees the files of its part."""
    return lambda user, pk: objects.visible_to(user).filter(**{part: pk}).exists()


def _reads_daily_records(user: User) -> bool:
    """The supervising side; units only where their campaign lets them know that there was contact."""
    scope = user.scope
    if scope.campaigns or scope.bodies or scope.teams:
        return True
    return any(vocabulary_of(pk).campaign.units_see_contacts for pk in scope.joined_campaigns)


def _everyone(user: User) -> bool:
    return True


def _has_business(user: User) -> bool:
    return bool(user.scope.joined_campaigns)


def _may_delegate(user: User) -> bool:
    return user.scope.has(Role.HEAD, Role.LIAISON)


def _reads_organisation(user: User) -> bool:
    return bool(user.scope.campaigns or user.scope.bodies)


def _binds_people(user: User) -> bool:
    return user.scope.administrator == Administrator.SECURITY


def _audits(user: User) -> bool:
    return user.scope.is_auditor


def campaign_header(request: HttpRequest) -> Header | None:
    """The strip of the campaign the reader is looking at."""
    campaign = current_campaign(request)
    if campaign is None:
        return None
    vocabulary = vocabulary_of(campaign.pk)
    on = campaign.day_of(timezone.now())
    phase = vocabulary.phase_on(on)
    left = vocabulary.calendar.between(on, phase.ends_on) if phase and campaign.is_running else None
    return Header(
        short_name=campaign.short_name,
        on=on,
        phases=_marks(vocabulary),
        days_left=left,
        note="" if campaign.is_running else campaign.get_status_display(),
        url=campaign.get_absolute_url(),
        calendar=vocabulary.calendar,
        places=_places(request, campaign.pk),
        shows_place=not asks_for_another_place(request),
    )


def _places(request: HttpRequest, campaign_id: int) -> list[PlaceMark]:
    """The choice of the header; none for whoever has one place alone."""
    assert isinstance(request.user, User)
    here, places = current_place(request), places_of(request.user, campaign_id)
    return [PlaceMark(place.key, place.name, place == here) for place in places] if len(places) > 1 else []


def _marks(vocabulary: Vocabulary) -> list[PhaseMark]:
    return [PhaseMark(phase.name, phase.starts_on, phase.ends_on) for phase in vocabulary.phases]


def reads_inspection_files(user: User, pk: int) -> bool:
    """Photos of a visit are the supervising side's."""
    return Inspection.objects.filter(user.scope.supervisors_q(), pk=pk).exists()


def reads_problem_files(user: User, pk: int) -> bool:
    return Problem.objects.visible_to(user).filter(pk=pk).exists()
