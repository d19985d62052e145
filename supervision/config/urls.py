"""Where every address begins. No Django admin: there is no second door past services and events."""

from django.urls import include, path

from supervision.core import health

handler500 = "api.problems.server_error"
urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("", include("api.urls")),
    path("", include("accounts.urls")),
    path("", include("supervision.urls")),
    path("", include("feedback.urls")),
    path("", include("rectification.urls")),
]
