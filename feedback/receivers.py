"""News from below: one function a signal, each calls one service."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from feedback.services.drafts import draft_from_inspection
from supervision.signals import inspection_concluded


@receiver(inspection_concluded, dispatch_uid="feedback.draft_from_inspection")
def draft(inspection: Any, actor: Any, at: Any, **_: Any) -> None:
    """An inspection that found problems becomes a feedback-form draft."""
    draft_from_inspection(inspection=inspection, actor=actor, at=at)
