from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SupervisionConfig(AppConfig):
    name = "supervision"

    def ready(self) -> None:
        from supervision import desk, finders, frame, guidance_desk, notifications, transitions  # noqa: F401  (tables register)
        from supervision.core import hooks, schedules
        from supervision.services import structure
        from supervision.services.settings import touched
        from supervision.views import unit_lists

        post_migrate.connect(schedules.ensure, sender=self)
        schedules.record_runs()
        hooks.offer("inspection")
        hooks.withhold("inspection", notifications.secret_visits)
        touched.register()
        structure.register()
        notifications.register()
        desk.register()
        guidance_desk.register()
        finders.register()
        frame.register()
        unit_lists.register()
