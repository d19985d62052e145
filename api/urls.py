"""Addresses of the API, all below /api/v1/."""

from django.urls import include, path
from rest_framework.routers import SimpleRouter

from api.views.base import UnknownView
from api.views.dashboard import DashboardView
from api.views.forms import FeedbackFormResource
from api.views.inspections import InspectionResource, ProblemResource
from api.views.items import EvidenceResource, ItemResource, MeasureResource, VerificationResource
from api.views.own import EventResource, MeView, NotificationResource, ReminderResource
from api.views.reports import ReportResource
from api.views.schema import DocsView, SchemaView
from api.views.structure import BodyResource, CampaignResource, PhaseResource, TeamResource, UnitResource
from api.views.tokens import TokenRevokeView, TokensView

app_name = "api"

router = SimpleRouter(use_regex_path=False)
for prefix, name, resource in (
    ("campaigns", "campaign", CampaignResource),
    ("phases", "phase", PhaseResource),
    ("bodies", "body", BodyResource),
    ("teams", "team", TeamResource),
    ("units", "unit", UnitResource),
    ("inspections", "inspection", InspectionResource),
    ("problems", "problem", ProblemResource),
    ("feedback-forms", "form", FeedbackFormResource),
    ("rectification-items", "item", ItemResource),
    ("measures", "measure", MeasureResource),
    ("evidence", "evidence", EvidenceResource),
    ("reports", "report", ReportResource),
    ("verifications", "verification", VerificationResource),
    ("events", "event", EventResource),
    ("notifications", "notification", NotificationResource),
    ("reminders", "reminder", ReminderResource),
):
    router.register(prefix, resource, basename=name)

urlpatterns = [
    path("me/tokens/", TokensView.as_view(), name="tokens"),
    path("me/tokens/<int:pk>/revoke/", TokenRevokeView.as_view(), name="token-revoke"),
    path("api/v1/me/", MeView.as_view(), name="me"),
    path("api/v1/dashboard/", DashboardView.as_view(), name="dashboard"),
    path("api/v1/schema/", SchemaView.as_view(), name="schema"),
    path("api/v1/docs/", DocsView.as_view(), name="docs"),
    path("api/v1/", include(router.urls)),
    path("api/v1/", UnknownView.as_view(), name="unknown-root"),
    path("api/v1/<path:rest>", UnknownView.as_view(), name="unknown"),
]
