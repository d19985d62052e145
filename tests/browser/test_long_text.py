"""Long real text does not break a page: a name of 60 characters, a problem of 2,000, 40 measures, 300 files."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from rectification.models import Evidence, RectificationItem
from supervision.core.models import StoredFile
from tests.browser.conftest import LAPTOP, PHONE, People
from tests.feedback import moves as forms
from tests.rectification import item_world
from tests.supervision.test_visit_long_text import NAME, TEXT
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE = "学习教育主体责任落实不够" * 20


def long_item(world: World) -> RectificationItem:
    """In rectification, with everything as long as its field allows."""
    world.units["u1"].name = NAME
    world.units["u1"].save()
    item = item_world.in_progress(world, measures=40, title=TITLE, fact=TEXT[:2000], requirement=TEXT[:1000])
    item.measures.update(text=TEXT[:500], responsible_person="党组成员、办公室副主任" * 3)
    scopes = ("campaign", "body", "team", "unit")
    given: dict[str, Any] = {f"{scope}_id": getattr(item, f"{scope}_id") for scope in scopes}
    given |= {"uploaded_by_id": world.users["u1"].pk, "uploaded_at": world.at, "content_type": "application/pdf"}
    files = StoredFile.objects.bulk_create(
        StoredFile(
            subject_kind="item", subject_id=item.pk, original_name=f"{'党组会议记录和学习台账' * 10}{number}.pdf",
            size=9, sha256="0" * 64, storage_name=f"{number:02x}/{number:032x}"[-35:], **given,
        )
        for number in range(300)
    )  # fmt: skip
    Evidence.objects.bulk_create(
        Evidence(
            item=item, file=file, description=TEXT[:255], effective_on=world.today, uploaded_by=file.uploaded_by,
            uploaded_at=world.at,
        )
        for file in files
    )  # fmt: skip
    return item


@pytest.mark.parametrize("screen", [pytest.param(LAPTOP, marks=pytest.mark.slow), PHONE], ids=["laptop", "phone"])
def test_no_page_breaks(chinese_world: World, people: People, screen: dict[str, int]) -> None:
    item = long_item(chinese_world)
    moves = [reverse("rectification:item-move", args=[item.pk, name]) for name in ("add-evidence", "update-measure")]
    pages = ["/", "/items/", "/reports/", "/feedback-forms/", item.get_absolute_url(), item.form.get_absolute_url()]
    draft = forms.draft(chinese_world)
    draft.problems.update(fact=TEXT[:2000], requirement=TEXT[:1000])
    editor = f"{draft.get_absolute_url()}edit/"  # with its paper beside it
    for username, theirs in (("u1", [*pages, *moves]), ("a1-lead", [*pages, editor]), ("office", pages)):
        person = people(username, screen)
        for address in theirs:
            answer = person.page.goto(person.host + address)
            assert answer.status == 200, address
            person.looks()
