"""What this app puts around every page: the system administrator's line of the navigation."""

from django.utils.translation import gettext_lazy as _

from accounts.services import is_system_administrator
from supervision.core import navigation
from supervision.core.navigation import NavItem


def register() -> None:
    """Called once from `ready()`."""
    navigation.register(NavItem("accounts", _("账号管理"), "accounts:account-list", 200, is_system_administrator))
