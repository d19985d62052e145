"""The figures of 驾驶舱 as they are told."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from rectification.models import RectificationItem
from rectification.services.figures import FIELDS


class FiguresRow(serializers.Serializer[Any]):
    """Counts of one group of items; `open`, `overdue` and the like are filters of the ledger of the same count."""

    def get_fields(self) -> Any:
        return {name: serializers.IntegerField() for name in FIELDS}


class LineRow(serializers.Serializer[Any]):
    """The figures of one phase, body, team or unit."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    figures = FiguresRow()


class RateRow(serializers.Serializer[Any]):
    """`part` of `whole`; a share of nothing is no share."""

    part = serializers.IntegerField()
    whole = serializers.IntegerField()


class RatesRow(serializers.Serializer[Any]):
    closing = RateRow(help_text="Closed out, of all but the cancelled.")
    completion = RateRow(help_text="Verified or closed out, of all but the cancelled.")
    on_time = RateRow(help_text="Handed in by the original date, of those handed in and verified.")
    filed_in_time = RateRow(help_text="Last handed in by the original date, of those handed in.")
    receipts = RateRow(help_text="Forms received within their time, of the forms received.")


class WeekRow(serializers.Serializer[Any]):
    """What happened in the week from `on`; how many are open at its end, by plan and in truth."""

    on = serializers.DateField()
    opened = serializers.IntegerField()
    due = serializers.IntegerField()
    submitted = serializers.IntegerField()
    closed = serializers.IntegerField()
    planned = serializers.IntegerField()
    left = serializers.IntegerField()


class CategoryRow(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    open = serializers.IntegerField()
    counted = serializers.IntegerField()


class LateRow(serializers.ModelSerializer[RectificationItem]):
    """An item whose clock has run out, and whose move it is."""

    class Meta:
        model = RectificationItem
        fields = ("id", "number", "unit", "status", "clock", "clock_due_on")


class Dashboard(serializers.Serializer[Any]):
    """The figures of one campaign within the person's scope, as of `at`."""

    campaign = serializers.IntegerField()
    at = serializers.DateTimeField()
    on = serializers.DateField()
    total = FiguresRow()
    rates = RatesRow()
    phases = LineRow(many=True)
    bodies = LineRow(many=True)
    teams = LineRow(many=True)
    units = LineRow(many=True)
    weeks = WeekRow(many=True)
    categories = CategoryRow(many=True)
    late = LateRow(many=True, help_text="The oldest delays.")


_FIGURES = dict.fromkeys(FIELDS, 0) | {"counted": 12, "open": 9, "overdue": 2, "overdue_unit": 2, "closed": 3,
                                           "completed": 4, "accepted": 4, "on_time": 3, "in_progress": 9}  # fmt: skip
EXAMPLE = {
    "campaign": 1,
    "at": "2026-11-24T09:30:00+08:00",
    "on": "2026-11-24",
    "total": _FIGURES,
    "rates": {
        "closing": {"part": 3, "whole": 12},
        "completion": {"part": 4, "whole": 12},
        "on_time": {"part": 3, "whole": 4},
        "filed_in_time": {"part": 3, "whole": 4},
        "receipts": {"part": 5, "whole": 5},
    },
    "phases": [{"id": 2, "name": "查纠整改", "figures": _FIGURES}],
    "bodies": [{"id": 1, "name": "省法院", "figures": _FIGURES}],
    "teams": [{"id": 3, "name": "第一督导组", "figures": _FIGURES}],
    "units": [{"id": 17, "name": "某市中级法院", "figures": _FIGURES}],
    "weeks": [{"on": "2026-11-23", "opened": 4, "due": 2, "submitted": 3, "closed": 1, "planned": 7, "left": 9}],
    "categories": [{"id": 5, "name": "学习教育", "open": 4, "counted": 6}],
    "late": [{"id": 93, "number": "晋督反〔2026〕7号-2", "unit": 17, "status": "in_progress", "clock": "unit",
              "clock_due_on": "2026-11-18"}],
}  # fmt: skip
