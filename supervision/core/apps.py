from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _prepare(**_: Any) -> None:
    from supervision.core import triggers, words, workdays

    triggers.install()
    workdays.seed_calendar()
    words.install()


class CoreConfig(AppConfig):
    name = "supervision.core"
    label = "core"
    verbose_name = "kernel"

    def ready(self) -> None:
        from supervision.core import checks  # noqa: F401  (registered on import)

        post_migrate.connect(_prepare, sender=self)
