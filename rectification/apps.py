from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy

from supervision.core.lists import LISTS, Listed


class RectificationConfig(AppConfig):
    name = "rectification"

    def ready(self) -> None:
        from rectification import (  # tables, receivers, panels and policies register on import
            effects,
            finders,
            item_frame,
            receivers,  # noqa: F401
            reminders,
            report_frame,
            report_transitions,
            transitions,  # noqa: F401
        )
        from supervision.core import hooks

        LISTS["ledger"] = Listed(gettext_lazy("整改台账"), "rectification:ledger")
        effects.register()
        finders.register()
        hooks.offer("rectification_item")
        hooks.offer("report", hidden=report_transitions.UNIT_INTERNAL)
        item_frame.register()
        report_frame.register()
        reminders.register()
        post_migrate.connect(_count_what_is_there, sender=self)


def _count_what_is_there(**_: Any) -> None:
    """Items from before the counters: counted once, when the tables have the shape of today."""
    from rectification.models import ItemCount, RectificationItem
    from rectification.services import counts

    if RectificationItem.objects.exists() and not ItemCount.objects.exists():
        counts.recount()
