from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self) -> None:
        from feedback import effects, frame, notifications, panels, receivers, transitions  # noqa: F401  (register on import)

        effects.register()
        notifications.register()
        panels.register()
        frame.register()
