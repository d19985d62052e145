"""The tables of the rectification app."""

from rectification.models.closure import ClosureSheet
from rectification.models.count import ItemCount
from rectification.models.evidence import Evidence
from rectification.models.item import Measure, ProgressNote, RectificationItem
from rectification.models.report import Report, ReportItem
from rectification.models.verification import MeasureResult, Verification

__all__ = [
    "ClosureSheet",
    "Evidence",
    "ItemCount",
    "Measure",
    "MeasureResult",
    "ProgressNote",
    "RectificationItem",
    "Report",
    "ReportItem",
    "Verification",
]
