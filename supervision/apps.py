from django.apps import AppConfig


class SupervisionConfig(AppConfig):
    name = "supervision"

    def ready(self) -> None:
        from supervision import desk, frame, guidance_desk, notifications, transitions  # noqa: F401  (tables register)
        from supervision.services import structure
        from supervision.services.settings import touched

        touched.register()
        structure.register()
        notifications.register()
        desk.register()
        guidance_desk.register()
        frame.register()
