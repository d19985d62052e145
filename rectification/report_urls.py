"""Addresses of the ledger and of the reports; rectification/urls.py includes them with `*REPORT_URLS`.

`report-new` takes the id of the feedback form whose items the report covers.
"""

from __future__ import annotations

from django.urls import URLPattern, path

from rectification.views.ledger import LedgerView
from rectification.views.ledger_files import LedgerCsvView, LedgerPrintView, LedgerWorkbookView
from rectification.views.pressing import PressItemsView
from rectification.views.report_edit import ReportEditView, ReportPreviewView
from rectification.views.reports import (
    NewReportView,
    ReportListView,
    ReportMoveView,
    ReportPageView,
    ReportPaperView,
)

REPORT_URLS: list[URLPattern] = [
    path("items/", LedgerView.as_view(), name="ledger"),
    path("items/press/", PressItemsView.as_view(), name="ledger-press"),
    path("items/print/", LedgerPrintView.as_view(), name="ledger-print"),
    path("items.csv", LedgerCsvView.as_view(), name="ledger-csv"),
    path("items.xlsx", LedgerWorkbookView.as_view(), name="ledger-xlsx"),
    path("reports/", ReportListView.as_view(), name="reports"),
    path("reports/new/<int:pk>/", NewReportView.as_view(), name="report-new"),
    path("reports/<int:pk>/", ReportPageView.as_view(), name="report"),
    path("reports/<int:pk>/edit/", ReportEditView.as_view(), name="report-edit"),
    path("reports/<int:pk>/preview/", ReportPreviewView.as_view(), name="report-preview"),
    path("reports/<int:pk>/paper/<int:version>/", ReportPaperView.as_view(), name="report-paper"),
    path("reports/<int:pk>/<slug:move>/", ReportMoveView.as_view(), name="report-move"),
]
