from django.apps import AppConfig
from django.utils.translation import gettext_lazy

from supervision.core.lists import LISTS, Listed


class RectificationConfig(AppConfig):
    name = "rectification"

    def ready(self) -> None:
        from rectification import (  # tables, receivers, panels and policies register on import
            effects,
            item_frame,
            receivers,  # noqa: F401
            report_frame,
            report_transitions,  # noqa: F401
            transitions,  # noqa: F401
        )

        LISTS["ledger"] = Listed(gettext_lazy("整改台账"), "rectification:ledger")
        effects.register()
        item_frame.register()
        report_frame.register()
