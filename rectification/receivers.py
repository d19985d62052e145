"""News of the feedback app: one function a signal, each calls one service inside the form's transaction."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.dispatch import receiver

from accounts.models import User
from feedback.models.form import FeedbackForm
from feedback.signals import form_cancelled, form_corrected, form_issued, form_received
from rectification.services import opening


@receiver(form_issued)
def open_items_of_issued_form(sender: Any, form: FeedbackForm, actor: User | None, at: datetime, **_: Any) -> None:
    opening.open_items(form=form, actor=actor, at=at)


@receiver(form_received)
def assign_items_of_received_form(sender: Any, form: FeedbackForm, actor: User | None, at: datetime, **_: Any) -> None:
    opening.assign_items(form=form, actor=actor, at=at)


@receiver(form_corrected)
def correct_items_of_corrected_form(
    sender: Any,
    form: FeedbackForm,
    actor: User | None,
    at: datetime,
    note: str,
    dates: dict[int, date | None],
    **_: Any,
) -> None:
    opening.correct_items(form=form, actor=actor, at=at, note=note, dates=dates)


@receiver(form_cancelled)
def cancel_items_of_cancelled_form(
    sender: Any, form: FeedbackForm, actor: User | None, at: datetime, note: str, **_: Any
) -> None:
    opening.cancel_items(form=form, actor=actor, at=at, note=note)
