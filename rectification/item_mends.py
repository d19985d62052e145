"""Where on the pages of an item each unmet condition is mended."""

from __future__ import annotations

from django.urls import reverse

from rectification.models.item import RectificationItem


def move_url(item: RectificationItem, name: str) -> str:
    return reverse("rectification:item-move", args=[item.pk, name.replace("_", "-")])


def mend_urls(item: RectificationItem) -> dict[str, str]:
    plan, page = move_url(item, "save_plan"), item.get_absolute_url()
    return {
        "plan_is_complete": plan,
        "measures_are_planned": plan,
        "every_measure_answered": move_url(item, "note_progress"),
        "has_effective_evidence": move_url(item, "add_evidence"),
        "same_files_are_explained": f"{page}#plan",
        "verification_is_recorded": move_url(item, "record_verification"),
        "report_paper_is_settled": f"{page}#reports",
    }
