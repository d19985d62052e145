"""Addresses of feedback forms."""

from django.urls import path

from feedback.views import drafts, forms, sheets

app_name = "feedback"

urlpatterns = [
    path("feedback-forms/", forms.FormListView.as_view(), name="forms"),
    path("feedback-forms/new/", drafts.NewFormView.as_view(), name="form-new"),
    path("feedback-forms/<int:pk>/", forms.FormPageView.as_view(), name="form"),
    path("feedback-forms/<int:pk>/paper/", forms.FormPaperView.as_view(), name="form-paper"),
    path("feedback-forms/<int:pk>/versions/", forms.FormVersionsView.as_view(), name="form-versions"),
    path("feedback-forms/<int:pk>/edit/", drafts.DraftView.as_view(), name="form-edit"),
    path("feedback-forms/<int:pk>/edit/preview/", drafts.DraftPreviewView.as_view(), name="form-preview"),
    path(
        "feedback-forms/<int:pk>/problems/<int:problem>/remove/",
        drafts.ProblemRemoveView.as_view(),
        name="problem-remove",
    ),
    path("signing/feedback-forms/<int:pk>/", sheets.FormSheetView.as_view(), name="form-sheet"),
    path("signing/feedback-forms/<int:pk>/<slug:move>/", sheets.FormSheetView.as_view(), name="form-sheet-move"),
    path("feedback-forms/<int:pk>/<slug:move>/", forms.FormMoveView.as_view(), name="form-move"),
]
