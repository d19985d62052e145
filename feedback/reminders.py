"""What the feedback app reminds people of: receipts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Left
from django.utils.translation import gettext_lazy

from accounts.roles import Role
from feedback.enums import FormStatus
from feedback.models import FeedbackForm
from supervision.reminding import LABEL, WHOSE, Stage, Waiting, register_stage
from supervision.vocabulary import Vocabulary

LABEL_LENGTH = 255


def register() -> None:
    register_stage(
        Stage(
            "receipt",
            gettext_lazy("签收反馈单"),
            FeedbackForm,
            _receipts,
            {Role.LIAISON: Role.RECEIPT_DELEGATE},
        )
    )


def _receipts(vocabulary: Vocabulary, on: date) -> Iterator[Waiting]:
    words = Left(Concat(F("number"), Value(" "), F("title")), LABEL_LENGTH)
    rows = FeedbackForm.objects.filter(status=FormStatus.ISSUED).annotate(
        **{WHOSE: Value(Role.LIAISON.value, CharField()), LABEL: words}
    )
    yield Waiting(rows, "receipt_due_on", started="issued_on")
