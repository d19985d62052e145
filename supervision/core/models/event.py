"""The one history of everything: flat, append-only (triggers), hash-chained per object."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who may read an event; each wider circle is named by its outermost reader."""

    UNIT = "unit", _("单位、督导组和各办公室")
    TEAM = "team", _("督导组和各办公室")
    OFFICE = "office", _("各办公室")
    AUDIT = "audit", _("审计")


class EventQuerySet(models.QuerySet["Event"]):
    def of(self, kind: str, pk: int) -> EventQuerySet:
        """The chain of one object, oldest first."""
        return self.filter(subject_kind=kind, subject_id=pk).order_by("sequence")


class Event(models.Model):
    """What happened to one object: never changed, never deleted."""

    verb = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=255)
    campaign_id = models.BigIntegerField(null=True)
    body_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    unit_id = models.BigIntegerField(null=True)
    audience = models.CharField(max_length=8, choices=Audience)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=64, blank=True)
    actor_post = models.CharField(max_length=128, blank=True)
    on_behalf_of = models.CharField(max_length=64, blank=True)
    was = models.CharField(max_length=32, blank=True)
    now = models.CharField(max_length=32, blank=True)
    note = models.TextField(blank=True)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    sequence = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("事件")
        constraints = [
            models.UniqueConstraint(name="event_chain", fields=["subject_kind", "subject_id", "sequence"]),
            models.CheckConstraint(name="event_audience_known", condition=models.Q(audience__in=Audience.values)),
        ]
        indexes = [
            models.Index(name="event_by_campaign", fields=["campaign_id", "id"]),
            models.Index(name="event_by_body", fields=["body_id", "id"]),
            models.Index(name="event_by_team", fields=["team_id", "id"]),
            models.Index(name="event_by_unit", fields=["unit_id", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind}:{self.subject_id}#{self.sequence}"

    def sealed_text(self) -> str:
        """The canonical text that the hash covers; `recorded_at` is the database's own and stays out."""
        facts: dict[str, Any] = {
            "verb": self.verb,
            "subject": [self.subject_kind, self.subject_id, self.label],
            "scope": [self.campaign_id, self.body_id, self.team_id, self.unit_id],
            "audience": self.audience,
            "actor": [self.actor_id, self.actor_name, self.actor_post, self.on_behalf_of],
            "change": [self.was, self.now, self.note],
            "payload": self.payload,
            "at": self.at.astimezone(UTC).isoformat(),
            "sequence": self.sequence,
            "previous_hash": self.previous_hash,
        }
        return json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def seal(self) -> None:
        self.hash = hashlib.sha256(self.sealed_text().encode()).hexdigest()
