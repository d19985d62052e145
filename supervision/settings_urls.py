"""Addresses of the working-day calendar and of a campaign's settings; before the moves of campaigns."""

from django.urls import path

from supervision.models.organisation import Team, Unit
from supervision.views import channels, hooks, organisation, settings, workdays
from supervision.views import setting_changes as changes

ROOT = "campaigns/<int:pk>/settings/"

SETTINGS_URLS = [
    path("organisation/", organisation.OrganisationView.as_view(), name="organisation"),
    path("organisation/teams/<int:pk>/", organisation.TeamPageView.as_view(), name="team"),
    path("campaigns/<int:pk>/bodies/<int:body>/teams/new/", organisation.TeamNewView.as_view(), name="team-new"),
    path(
        "campaigns/<int:pk>/teams/<int:row>/rename/",
        organisation.RenameView.as_view(model=Team),
        name="team-rename",
    ),
    path("campaigns/<int:pk>/teams/<int:team>/units/new/", organisation.UnitNewView.as_view(), name="unit-new"),
    path(
        "campaigns/<int:pk>/units/<int:row>/rename/",
        organisation.RenameView.as_view(model=Unit),
        name="unit-rename",
    ),
    path("calendar/", workdays.WorkdaysView.as_view(), name="workdays"),
    path("calendar/years/<int:year>/", workdays.WorkdayYearView.as_view(), name="workday-year"),
    path("calendar/<str:day>/", workdays.WorkdayView.as_view(), name="workday"),
    path(ROOT, settings.SettingsIndexView.as_view(), name="settings"),
    path(f"{ROOT}general/", changes.GeneralView.as_view(), name="setting-general"),
    path(f"{ROOT}words/", changes.WordsView.as_view(), name="setting-words"),
    path(f"{ROOT}routes/", settings.RoutesView.as_view(), name="setting-routes"),
    path(
        f"{ROOT}routes/<slug:document>/<slug:source>/<int:weight>/", changes.RouteView.as_view(), name="setting-route"
    ),
    path(f"{ROOT}numbers/", settings.NumbersView.as_view(), name="setting-numbers"),
    path(f"{ROOT}numbers/new/", changes.NumberView.as_view(), name="setting-number-new"),
    path(f"{ROOT}numbers/<int:row>/", changes.NumberView.as_view(), name="setting-number"),
    path(f"{ROOT}channels/", channels.ChannelsView.as_view(), name="channels"),
    path(f"{ROOT}channels/new/", channels.ChannelView.as_view(), name="channel-new"),
    path(f"{ROOT}channels/<int:row>/", channels.ChannelView.as_view(), name="channel"),
    path(f"{ROOT}channels/<int:row>/test/", channels.ChannelTestView.as_view(), name="channel-test"),
    path(f"{ROOT}hooks/", hooks.HooksView.as_view(), name="hooks"),
    path(f"{ROOT}hooks/new/", hooks.HookView.as_view(), name="hook-new"),
    path(f"{ROOT}hooks/<int:row>/", hooks.HookView.as_view(), name="hook"),
    path(f"{ROOT}hooks/<int:row>/log/", hooks.HookLogView.as_view(), name="hook-log"),
    path(f"{ROOT}hooks/<int:row>/test/", hooks.HookTestView.as_view(), name="hook-test"),
    path(f"{ROOT}hooks/<int:row>/secret/", hooks.HookSecretView.as_view(), name="hook-secret"),
    path(f"{ROOT}hooks/<int:row>/pause/", hooks.HookSwitchView.as_view(is_on=False), name="hook-pause"),
    path(f"{ROOT}hooks/<int:row>/resume/", hooks.HookSwitchView.as_view(is_on=True), name="hook-resume"),
    path(f"{ROOT}hooks/<int:row>/log/<int:delivery>/resend/", hooks.HookResendView.as_view(), name="hook-resend"),
    path(f"{ROOT}<slug:kind>/", settings.RowsView.as_view(), name="setting-rows"),
    path(f"{ROOT}<slug:kind>/new/", changes.RowChangeView.as_view(), name="setting-new"),
    path(f"{ROOT}<slug:kind>/<int:row>/", changes.RowChangeView.as_view(), name="setting-row"),
    path(f"{ROOT}<slug:kind>/<int:row>/<slug:act>/", changes.RowActView.as_view(), name="setting-act"),
]
