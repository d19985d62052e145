"""The ASGI entry point."""

import os

from django.core.asgi import get_asgi_application

from supervision.core.checks import refuse_demo_accounts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supervision.config.settings.production")

application = get_asgi_application()
refuse_demo_accounts()
