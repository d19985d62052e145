from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self) -> None:
        from feedback import (  # they register on import
            desk,
            effects,
            finders,
            frame,
            notifications,
            receivers,  # noqa: F401
            reminders,
            transitions,  # noqa: F401
        )
        from supervision.core import hooks

        effects.register()
        hooks.offer("feedback_form")
        notifications.register()
        desk.register()
        finders.register()
        frame.register()
        reminders.register()
