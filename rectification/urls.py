"""Addresses of the rectification app: items here, ledger and reports in report_urls.py."""

from __future__ import annotations

from django.urls import path

from rectification.report_urls import REPORT_URLS
from rectification.views import closing, evidence, items, overview, sheets

app_name = "rectification"

urlpatterns = [
    *REPORT_URLS,
    path("dashboard/units/", overview.UnitsSightView.as_view(), name="units-sight"),
    path("dashboard/teams/", overview.TeamsSightView.as_view(), name="teams-sight"),
    path("items/closing/", closing.ClosingQueueView.as_view(), name="closing-queue"),
    path("items/<int:pk>/", items.ItemView.as_view(), name="item"),
    path("items/<int:pk>/closure/", items.ClosureView.as_view(), name="closure"),
    path("items/<int:pk>/plan/<int:version>/", items.PlanPaperView.as_view(), name="plan-paper"),
    path("items/<int:pk>/<slug:move>/", items.ItemMoveView.as_view(), name="item-move"),
    path("signing/plans/<int:pk>/", sheets.PlanSheetView.as_view(), name="plan-sheet"),
    path("signing/plans/<int:pk>/<slug:move>/", sheets.PlanSheetView.as_view(), name="plan-sheet-move"),
    path("signing/closures/<int:pk>/", sheets.ClosureSheetView.as_view(), name="closure-sheet"),
    path("signing/closures/<int:pk>/<slug:move>/", sheets.ClosureSheetView.as_view(), name="closure-sheet-move"),
    path("signing/reports/<int:pk>/", sheets.ReportSheetView.as_view(), name="report-sheet"),
    path("signing/reports/<int:pk>/<slug:move>/", sheets.ReportSheetView.as_view(), name="report-sheet-move"),
    path("evidence/<int:pk>/", evidence.EvidenceFileView.as_view(), name="evidence-file"),
    path("evidence/<int:pk>/withdraw/", evidence.EvidenceWithdrawView.as_view(), name="evidence-withdraw"),
]
