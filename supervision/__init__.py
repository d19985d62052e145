"""The supervision domain. `celery -A supervision` finds the application here."""

from supervision.config.celery import app as celery_app

__all__ = ["celery_app"]
