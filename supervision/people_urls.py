"""Addresses of the administrators', delegation and signature pages; included by supervision/urls.py."""

from django.urls import path

from supervision.views import delegations, directory, events, people, signing

PEOPLE_URLS = [
    path("directory/", directory.DirectoryView.as_view(), name="directory"),
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/<int:pk>/", people.PersonView.as_view(), name="person"),
    path("people/team/<int:pk>/absence/", people.AbsenceView.as_view(), name="appointment-absence"),
    path("people/<str:kind>/<int:pk>/end/", people.AppointmentEndView.as_view(), name="appointment-end"),
    path("delegations/", delegations.DelegationsView.as_view(), name="delegations"),
    path("delegations/new/<int:unit_id>/", delegations.DelegationNewView.as_view(), name="delegation-new"),
    path("delegations/<int:pk>/revoke/", delegations.DelegationRevokeView.as_view(), name="delegation-revoke"),
    path("signatures/<int:pk>/confirm/", signing.ConfirmPaperView.as_view(), name="signature-confirm"),
    path("signatures/<int:pk>/dispute/", signing.DisputePaperView.as_view(), name="signature-dispute"),
    path("events/", events.EventsView.as_view(), name="events"),
]
