"""What events, files, papers, numbers and signatures need to know of the object they belong to.

A subject is named by its `kind` and id, not by a generic relation: rows stay flat, readable and fast.
"""

from typing import Protocol


class Subject(Protocol):
    """Any row of the business: it knows its kind and the four scope columns."""

    kind: str  # stable code name, e.g. "rectification_item"
    pk: int
    campaign_id: int
    body_id: int | None
    team_id: int | None
    unit_id: int | None

    @property
    def label(self) -> str:
        """Number and title as people say it; safe to show to whoever may see the row."""
        ...
