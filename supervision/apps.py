from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"

    def ready(self) -> None:
        from supervision import desk, frame, notifications, transitions  # noqa: F401  (tables register on import)
        from supervision.services import structure
        from supervision.services.settings import touched

        touched.register()
        structure.register()
        notifications.register()
        desk.register()
        frame.register()
