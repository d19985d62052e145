"""Addresses of the supervision app; the front page is the workbench."""

from django.conf import settings
from django.urls import path

from supervision.guidance_urls import GUIDANCE_URLS
from supervision.people_urls import PEOPLE_URLS
from supervision.settings_urls import SETTINGS_URLS
from supervision.views import (
    calendar_feeds,
    calendars,
    campaigns,
    checklist,
    files,
    inspections,
    kits,
    logs,
    notifications,
    planning,
    problems,
    queue,
    saved_views,
    search,
    sheets,
    shell,
    style,
    system,
    talks,
    workbench,
)

app_name = "supervision"

urlpatterns = [
    *PEOPLE_URLS,
    *GUIDANCE_URLS,
    *SETTINGS_URLS,
    path("", workbench.WorkbenchView.as_view(), name="workbench"),
    path("signing/", queue.SigningView.as_view(), name="signing"),
    path("signing/inspections/<int:pk>/", sheets.InspectionSheetView.as_view(), name="inspection-sheet"),
    path(
        "signing/inspections/<int:pk>/<slug:move>/", sheets.InspectionSheetView.as_view(), name="inspection-sheet-move"
    ),
    path("dashboard/", shell.DashboardView.as_view(), name="dashboard"),
    path("dashboard/projector/", shell.ProjectorView.as_view(), name="projector"),
    path("dashboard/bodies/<int:pk>/", shell.BodySightView.as_view(), name="body-sight"),
    path("dashboard/teams/<int:pk>/", shell.TeamSightView.as_view(), name="team-sight"),
    path("dashboard/units/<int:pk>/", shell.UnitSightView.as_view(), name="unit-sight"),
    path("panels/<slug:key>/", shell.PanelView.as_view(), name="panel"),
    path("views/<slug:list>/", saved_views.ViewsView.as_view(), name="views"),
    path("views/<slug:list>/columns/", saved_views.ColumnsView.as_view(), name="view-columns"),
    path("views/<slug:list>/<slug:key>/<slug:move>/", saved_views.ViewMoveView.as_view(), name="view-move"),
    path("search/", search.SearchView.as_view(), name="search"),
    path("search/<slug:kind>/", search.SearchKindView.as_view(), name="search-kind"),
    path("files/<int:pk>/", files.FileView.as_view(), name="file"),
    path("notifications/", notifications.NotificationListView.as_view(), name="notification-list"),
    path("notifications/read/", notifications.ReadAllView.as_view(), name="notification-read-all"),
    path("notifications/<int:pk>/read/", notifications.ReadView.as_view(), name="notification-read"),
    path("notifications/badge/", notifications.BadgeView.as_view(), name="notification-badge"),
    path("reminders/of/<slug:kind>/<int:pk>/", notifications.SentView.as_view(), name="sent"),
    path("reminders/read/", notifications.RemindersReadView.as_view(), name="reminder-read-all"),
    path("reminders/<int:pk>/read/", notifications.ReminderReadView.as_view(), name="reminder-read"),
    path("me/calendar/", calendar_feeds.CalendarFeedView.as_view(), name="calendar-feed"),
    path("me/calendar/revoke/", calendar_feeds.CalendarRevokeView.as_view(), name="calendar-revoke"),
    path("feeds/<str:token>.ics", calendar_feeds.CalendarView.as_view(), name="calendar-ics"),
    path("system/", system.SystemIndexView.as_view(), name="system"),
    path("system/jobs/<slug:name>/", system.ScheduleView.as_view(), name="schedule"),
    path("system/deliveries/<int:pk>/retry/", system.RetryView.as_view(), name="delivery-retry"),
    path("signing/advice/<int:pk>/", sheets.AdviceSheetView.as_view(), name="advice-sheet"),
    path("signing/advice/<int:pk>/<slug:move>/", sheets.AdviceSheetView.as_view(), name="advice-sheet-move"),
    path("places/choose/", campaigns.ChoosePlaceView.as_view(), name="place-choose"),
    path("campaigns/", campaigns.CurrentCampaignView.as_view(), name="campaign-current"),
    path("campaigns/<int:pk>/", campaigns.CampaignView.as_view(), name="campaign"),
    path("campaigns/<int:pk>/choose/", campaigns.ChooseView.as_view(), name="campaign-choose"),
    path("campaigns/<int:pk>/<slug:move>/", campaigns.CampaignMoveView.as_view(), name="campaign-move"),
    path("inspections/", inspections.InspectionListView.as_view(), name="inspection-list"),
    path("inspections/calendar/", calendars.CalendarView.as_view(), name="inspection-calendar"),
    path("inspections/kit/", kits.BlankKitView.as_view(), name="kit"),
    path("inspections/<int:pk>/kit/", kits.KitView.as_view(), name="inspection-kit"),
    path("inspections/new/", planning.InspectionCreateView.as_view(), name="inspection-create"),
    path("inspections/new/afterwards/", planning.LateEntryView.as_view(), name="inspection-late-entry"),
    path("inspections/new/notes/", planning.PlanNotesView.as_view(), name="inspection-plan-notes"),
    path("inspections/<int:pk>/", inspections.InspectionView.as_view(), name="inspection"),
    path("inspections/<int:pk>/print/", inspections.PrintView.as_view(), name="inspection-print"),
    path("inspections/<int:pk>/log/", logs.LogView.as_view(), name="inspection-log"),
    path("inspections/<int:pk>/records/new/", logs.RecordView.as_view(), name="record-create"),
    path("inspections/<int:pk>/records/<int:child>/", logs.RecordView.as_view(), name="record"),
    path("inspections/<int:pk>/records/<int:child>/delete/", logs.RecordDeleteView.as_view(), name="record-delete"),
    path("inspections/<int:pk>/photos/", logs.PhotoView.as_view(), name="inspection-photos"),
    path("inspections/<int:pk>/points/<int:child>/", checklist.PointView.as_view(), name="inspection-point"),
    path("inspections/<int:pk>/checklist/", checklist.ChecklistView.as_view(), name="inspection-checklist"),
    path("inspections/<int:pk>/problems/new/", problems.ProblemView.as_view(), name="problem-create"),
    path("inspections/<int:pk>/problems/phrases/", problems.PhrasesView.as_view(), name="problem-phrases"),
    path("inspections/<int:pk>/fact-check/", problems.FactCheckView.as_view(), name="fact-check"),
    path("inspections/<int:pk>/fact-check/sheet/", problems.FactCheckSheetView.as_view(), name="fact-check-sheet"),
    path("inspections/<int:pk>/problems/<int:child>/", problems.ProblemView.as_view(), name="problem"),
    path(
        "inspections/<int:pk>/problems/<int:child>/delete/", problems.ProblemDeleteView.as_view(), name="problem-delete"
    ),
    path("inspections/<int:pk>/talks/new/", talks.TalkView.as_view(), name="talk-create"),
    path("inspections/<int:pk>/talks/<int:child>/", talks.TalkView.as_view(), name="talk"),
    path("inspections/<int:pk>/<slug:move>/", inspections.InspectionMoveView.as_view(), name="inspection-move"),
]

if settings.DEMO:  # for those who build pages; a province's server has no such address
    urlpatterns.append(path("style/", style.StyleView.as_view(), name="style"))
