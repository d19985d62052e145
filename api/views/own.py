"""Me, what I was told, and the history of what I may see."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.roles import OBJECT_OF
from api import filters
from api.events import EventRow, readable
from api.problems import InvalidInput
from api.serializers.papers import NotificationRow, ReminderRow
from api.views.base import Listing, Resource
from supervision.core.models import Notification
from supervision.core.models.event import Event
from supervision.core.models.reminder import Reminder
from supervision.services import inbox


class HeldRole(serializers.Serializer[Any]):
    role = serializers.CharField()
    on = serializers.CharField(help_text="campaign, body, team or unit")
    id = serializers.IntegerField()
    name = serializers.CharField()
    campaign = serializers.IntegerField()
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)


class Me(serializers.Serializer[Any]):
    """The signed-in person and what they hold today."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    name = serializers.CharField()
    post = serializers.CharField()
    administrator = serializers.CharField()
    roles = HeldRole(many=True)


class MeView(APIView):
    """Who I am here, and which roles I hold on what."""

    @extend_schema(summary="Me", responses={200: Me})
    def get(self, request: Request) -> Response:
        user: Any = request.user
        roles = [
            {"role": grant.role, "on": OBJECT_OF[grant.role], "id": grant.object_id, "name": grant.name,
             "campaign": grant.campaign_id, "valid_from": grant.valid_from, "valid_until": grant.valid_until}
            for grant in user.scope.grants
            if grant.covers(user.scope.on)
        ]  # fmt: skip
        own = {name: getattr(user, name) for name in ("id", "username", "name", "post", "administrator")}
        return Response({**own, "roles": roles})


class NotificationResource(Resource):
    """通知 of the person alone, the newest first."""

    serializer_class = NotificationRow
    filterset_class = filters.NotificationFilter
    orders = ("-id",)

    def visible(self) -> Any:
        return Notification.objects.filter(recipient_id=self.user.pk).select_related("event")

    @extend_schema(summary="Mark as read", request=None, responses={200: NotificationRow})
    @action(detail=True, methods=["post"], url_path="read", url_name="read")
    def read(self, request: Request, pk: int) -> Response:
        told = self.found()
        inbox.mark_read(pk=told.pk, actor=self.user, at=timezone.now())
        return Response(NotificationRow(self.found()).data)


class ReminderResource(Resource):
    """到期提醒 of the person alone, the newest first."""

    serializer_class = ReminderRow
    filterset_class = filters.ReminderFilter
    orders = ("-id",)

    def visible(self) -> Any:
        return Reminder.objects.filter(recipient_id=self.user.pk)


class EventResource(Listing):
    """办理记录 of one kind of object (`subject_kind`, and best `subject_id`), by audience as on the object's page.

    The auditor reads every envelope: who, when, which act, on what; texts stay masked.
    """

    serializer_class = EventRow
    filterset_class = filters.EventFilter
    orders = ("-id",)

    def visible(self) -> Any:
        if self.user.scope.is_auditor:
            return Event.objects.all()
        kind = self.request.query_params.get("subject_kind", "")
        if not kind:
            raise InvalidInput({"subject_kind": [_("请指明是哪一类对象的办理记录。")]})
        return Event.objects.filter(readable(self.user, kind))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "masked": self.user.scope.is_auditor}
