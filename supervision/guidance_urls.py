"""Addresses of guidance: daily records, advice, drafts filed for reading."""

from django.urls import path

from supervision.views import advice, daily, filed_drafts

GUIDANCE_URLS = [
    path("daily-records/", daily.DailyListView.as_view(), name="daily-records"),
    path("daily-records/new/", daily.DailyCreateView.as_view(), name="daily-record-create"),
    path("daily-records/week/", daily.WeekView.as_view(), name="daily-week"),
    path("daily-records/coverage/", daily.CoverageView.as_view(), name="daily-coverage"),
    path("daily-records/<int:pk>/", daily.DailyView.as_view(), name="daily-record"),
    path("daily-records/<int:pk>/<slug:move>/", daily.DailyMoveView.as_view(), name="daily-record-move"),
    path("advice/", advice.AdviceListView.as_view(), name="advice-list"),
    path("advice/new/", advice.AdviceCreateView.as_view(), name="advice-create"),
    path("advice/<int:pk>/", advice.AdviceView.as_view(), name="advice"),
    path("advice/<int:pk>/paper/", advice.AdvicePaperView.as_view(), name="advice-paper"),
    path("advice/<int:pk>/<slug:move>/", advice.AdviceMoveView.as_view(), name="advice-move"),
    path("filed-drafts/", filed_drafts.FiledDraftListView.as_view(), name="filed-drafts"),
    path("filed-drafts/new/", filed_drafts.FiledDraftCreateView.as_view(), name="filed-draft-create"),
    path("filed-drafts/<int:pk>/", filed_drafts.FiledDraftView.as_view(), name="filed-draft"),
    path("filed-drafts/<int:pk>/<slug:move>/", filed_drafts.FiledDraftMoveView.as_view(), name="filed-draft-move"),
]
