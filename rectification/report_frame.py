"""What ledger and reports put around the pages; called once from `RectificationConfig.ready()`."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from rectification import desk
from rectification.models.report import Report
from rectification.report_transitions import (
    APPROVE,
    FILE,
    GIVE_BACK,
    RETURN,
    SEND_FOR_SIGNATURE,
    SIGN_ACT,
)
from rectification.views import dashboard
from supervision.audiences import people_of
from supervision.core import files, links, navigation
from supervision.core.models.event import Event
from supervision.core.navigation import NavItem
from supervision.core.notifications import register_policy
from supervision.enums import Source
from supervision.rules import TEAM_PEOPLE, is_team_member
from supervision.services.signing import Act, register_act
from supervision.views.unit_lists import register_unit_list


def register() -> None:
    navigation.register(NavItem("ledger", _("整改台账"), "rectification:ledger", 50, _has_business))
    navigation.register(NavItem("reports", _("整改报告"), "rectification:reports", 55, _has_business))
    links.register(Report.kind, "rectification:report")
    files.register_owner(Report.kind, _reads_report)
    register_act(SIGN_ACT, Act(Report.objects, is_team_member, TEAM_PEOPLE))
    desk.register()
    dashboard.register()
    register_unit_list(
        "rectification-reports", 30, _("整改报告"), Report.objects.visible_to, "rectification:reports", "created_at",
        "counted_on",
    )  # fmt: skip
    _register_policies()


def _has_business(user: User) -> bool:
    return bool(user.scope.joined_campaigns)


def _reads_report(user: Any, pk: int) -> bool:
    """The scan of a signed sheet belongs to whoever reads the report."""
    return Report.objects.visible_to(user).filter(pk=pk).exists()


def _register_policies() -> None:
    """Whom each move of a report is told.

    Not here: signing, and returning with an item. Their items tell the same people in the same act
    (`item.submitted`, `item.returned`), and nobody is told twice.
    """
    register_policy(SEND_FOR_SIGNATURE.verb, lambda event: people_of(event, Role.HEAD, Role.REPORT_DELEGATE))
    register_policy(GIVE_BACK.verb, _to_liaison)
    register_policy(RETURN.verb, lambda event: people_of(event, Role.LIAISON, Role.HEAD))
    register_policy(APPROVE.verb, _to_office)
    register_policy(FILE.verb, _to_liaison)


def _to_liaison(event: Event) -> list[int]:
    return people_of(event, Role.LIAISON)


def _to_office(event: Event) -> list[int]:
    """The office that files it, and the unit's liaison, whose report was accepted."""
    report = Report.objects.select_related("form").get(pk=event.subject_id)
    office = {Source.TEAM: Role.BODY_OFFICE, Source.PROVINCIAL: Role.OFFICE, Source.CENTRAL: Role.OFFICE_LEAD}
    return people_of(event, office[Source(report.source)], Role.LIAISON)
