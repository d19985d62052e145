from django.apps import AppConfig


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

        effects.register()
        item_frame.register()
        report_frame.register()
