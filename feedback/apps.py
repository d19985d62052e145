from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "feedback"

    def ready(self) -> None:
        from feedback import desk, effects, frame, notifications, receivers, reminders, transitions  # noqa: F401  (register on import)

        effects.register()
        notifications.register()
        desk.register()
        frame.register()
        reminders.register()
