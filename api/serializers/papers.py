"""Feedback forms, reports, notifications. Lists tell what their one query brings; details add the rest."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.serializers.base import Move, Ref, Row
from feedback.models import FeedbackForm, FeedbackProblem, Receipt
from rectification.models import Report
from supervision.core.models.notification import Notification
from supervision.core.models.reminder import Reminder


class FormRow(Row):
    team, unit = Ref(), Ref()

    class Meta:
        model = FeedbackForm
        fields: Any = (
            "id", "campaign", "phase", "body", "team", "unit", "inspection", "number", "title", "source", "status",
            "version", "is_key", "need_to_know", "created_at", "issued_on", "receipt_due_on", "received_on",
            "deemed_received", "closed_at",
        )  # fmt: skip


class FormProblem(serializers.ModelSerializer[FeedbackProblem]):
    category, severity, deadline_rule = Ref(), Ref(), Ref(allow_null=True)

    class Meta:
        model = FeedbackProblem
        fields: Any = (
            "id", "order", "category", "severity", "nature", "title", "fact", "basis", "requirement", "deadline_rule",
            "typed_due_on", "long_term", "mended_on_spot", "mend", "due_on", "progress", "settled_as",
        )  # fmt: skip


class ReceiptRow(serializers.ModelSerializer[Receipt]):
    class Meta:
        model = Receipt
        fields: Any = ("version", "name", "post", "received_at", "received_on", "is_deemed")


class FormDetail(FormRow):
    problems, receipts = FormProblem(many=True), ReceiptRow(many=True)
    moves = Move(many=True)

    class Meta(FormRow.Meta):
        fields = (*FormRow.Meta.fields, "requirement", "revision", "problems", "receipts", "moves")


class ReportRow(Row):
    unit, team = Ref(), Ref()

    class Meta:
        model = Report
        fields: Any = (
            "id", "campaign", "body", "team", "unit", "form", "title", "status", "version", "created_at", "filed_at",
            "signed_at", "counted_on", "sent_up_on",
        )  # fmt: skip


class Answer(serializers.Serializer[Any]):
    """The report's answer for one item."""

    item = serializers.IntegerField()
    number = serializers.CharField()
    problem = serializers.CharField()
    progress = serializers.CharField()
    text = serializers.CharField()


class ReportDetail(ReportRow):
    """Its own unit reads it as it stands; everybody else reads what was signed."""

    overall = serializers.CharField(source="told.overall")
    rules_made = serializers.CharField(source="told.rules_made")
    next_steps = serializers.CharField(source="told.next_steps")
    answers = Answer(many=True, source="told.answers")
    moves = Move(many=True)

    class Meta(ReportRow.Meta):
        fields = (*ReportRow.Meta.fields, "return_note", "overall", "rules_made", "next_steps", "answers", "moves")


class NotificationRow(serializers.ModelSerializer[Notification]):
    verb = serializers.CharField(source="event.verb")
    what = serializers.SerializerMethodField()
    subject_kind = serializers.CharField(source="event.subject_kind")
    subject_id = serializers.IntegerField(source="event.subject_id")
    label = serializers.CharField(source="event.label")  # type: ignore[assignment]
    who = serializers.CharField(source="event.actor_name")
    at = serializers.DateTimeField(source="event.at")

    class Meta:
        model = Notification
        fields: Any = ("id", "verb", "what", "subject_kind", "subject_id", "label", "who", "at", "read_at")

    def get_what(self, told: Notification) -> str:
        from supervision.core.events import verb  # tables of moves are full once all apps are ready

        return str(verb(told.event.verb).label)


class ReminderRow(serializers.ModelSerializer[Reminder]):
    """`rung`: working days from the date, before it negative."""

    class Meta:
        model = Reminder
        fields: Any = (
            "id", "stage", "subject_kind", "subject_id", "label", "campaign_id", "body_id", "team_id", "unit_id",
            "due_on", "rung", "is_urgent", "role", "sent_on", "created_at", "read_at",
        )  # fmt: skip
