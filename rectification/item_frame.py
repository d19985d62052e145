"""What items put around the pages; called once from `RectificationConfig.ready()`."""

from __future__ import annotations

from typing import Any

from rectification import notifications
from rectification.models.item import ProgressNote, RectificationItem
from rectification.models.verification import Verification
from supervision.core import files, links


def register() -> None:
    links.register(RectificationItem.kind, "rectification:item")
    files.register_owner(RectificationItem.kind, _reads_item)
    files.register_owner(ProgressNote.kind, _reads_note)
    files.register_owner(Verification.kind, _reads_verification)
    notifications.register()


def _reads_item(user: Any, pk: int) -> bool:
    return RectificationItem.objects.visible_to(user).filter(pk=pk).exists()


def _reads_note(user: Any, pk: int) -> bool:
    return RectificationItem.objects.visible_to(user).filter(notes=pk).exists()


def _reads_verification(user: Any, pk: int) -> bool:
    """The verifiers' own sheet: the supervising side alone."""
    seen = RectificationItem.objects.filter(user.scope.supervisors_q())
    return seen.filter(verifications=pk).exists()
