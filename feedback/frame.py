"""What this app puts around every page: navigation, links to its objects, who reads their files, signed acts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from feedback.guards import ISSUE_ACT, RECEIPT_ACT
from feedback.models import FeedbackForm
from feedback.rules import UNIT_RECEIVERS, can_receive
from supervision import rules
from supervision.core import files, links, navigation
from supervision.core.navigation import NavItem
from supervision.services import signing
from supervision.views.unit_lists import register_unit_list


def register() -> None:
    navigation.register(NavItem("forms", _("反馈单"), "feedback:forms", 40, _has_business))
    links.register(FeedbackForm.kind, "feedback:form")
    files.register_owner(FeedbackForm.kind, _reads)
    objects = FeedbackForm.objects
    signing.register_act(ISSUE_ACT, signing.Act(objects, can_receive, UNIT_RECEIVERS))
    signing.register_act(RECEIPT_ACT, signing.Act(objects, rules.is_team_member, rules.TEAM_PEOPLE))
    register_unit_list(
        "feedback-forms", 20, _("反馈单"), objects.visible_to, "feedback:forms", "created_at", "issued_on"
    )  # fmt: skip


def _has_business(user: User) -> bool:
    return bool(user.scope.joined_campaigns)


def _reads(user: User, pk: int) -> bool:
    return FeedbackForm.objects.visible_to(user).filter(pk=pk).exists()
