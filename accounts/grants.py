"""The only writer of guardian's tables. User grants only, each with its dates and its source.

A source names the row that gives the right ("membership:12", "staff:7", "delegation:3"); revoking a source takes
away exactly what it gave.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import OBJECT_OF, codename
from accounts.scopes import GRANT_MODELS


def grant(
    user: User,
    role: str,
    target: Any,
    *,
    source: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> None:
    """Give `role` on `target` (the campaign, body, team or unit that the role lives on).

    Raises ValidationError for one of the three administrators: they never see business data.
    """
    if user.administrator:
        raise ValidationError(_("%(name)s是三员管理账号，不能再承担业务角色。") % {"name": user.name})
    kind = OBJECT_OF[role]
    if target._meta.model_name != kind:
        raise TypeError(f"{role} is granted on a {kind}, not on a {target._meta.model_name}.")
    permission = Permission.objects.get(content_type__app_label="supervision", codename=codename(role))
    apps.get_model("supervision", GRANT_MODELS[kind]).objects.update_or_create(
        user=user,
        permission=permission,
        content_object=target,
        source=source,
        defaults={"valid_from": valid_from, "valid_until": valid_until},
    )


def revoke(source: str) -> int:
    """Take away everything that `source` gave; effective at the next request. Returns how many grants went."""
    total = 0
    for model in GRANT_MODELS.values():
        total += apps.get_model("supervision", model).objects.filter(source=source).delete()[0]
    return total
