"""The attachments of a draft: files that the sheet names; once it is issued they stay as they are."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from feedback.models import FeedbackForm, FormAttachment
from feedback.transitions import EDIT
from supervision.core import files
from supervision.core.events import record
from supervision.core.refusals import Condition, Unmet

MOST = 20  # files a sheet names


@transaction.atomic
def attach_file(*, pk: int, actor: User, at: datetime, received: files.ReceivedFile) -> FormAttachment:
    """Add a file to a draft, after those that are there. Raises Unmet once there are too many."""
    form = FeedbackForm.objects.locked(pk)
    EDIT.check(form, actor, at=at)
    if form.attachment_count >= MOST:
        raise Unmet((Condition("attachment", _("一份反馈单最多%(most)d个附件。") % {"most": MOST}),))
    last = form.attachments.aggregate(last=Max("order"))["last"] or 0
    stored = files.attach(received, subject=form, actor=actor, at=at)
    record(EDIT.verb, subject=form, actor=actor, at=at, payload={"attached": stored.original_name})
    _count(form, 1)
    return FormAttachment.objects.create(form=form, order=last + 1, file=stored)


@transaction.atomic
def remove_attachment(*, pk: int, attachment_id: int, actor: User, at: datetime) -> None:
    """Take a file off a draft; its row goes too, so that nobody can ask for it, and the sweeper removes its bytes."""
    form = FeedbackForm.objects.locked(pk)
    EDIT.check(form, actor, at=at)
    attachment = form.attachments.select_related("file").get(pk=attachment_id)
    stored = attachment.file
    record(EDIT.verb, subject=form, actor=actor, at=at, payload={"detached": stored.original_name})
    attachment.delete()
    stored.delete()
    _count(form, -1)


def _count(form: FeedbackForm, change: int) -> None:
    form.attachment_count += change
    form.save(update_fields=["attachment_count"])
