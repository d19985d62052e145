"""What events, files, papers, numbers and signatures need to know of the object they belong to.

A subject is named by its `kind` and id, not by a generic relation: rows stay flat, readable and fast.
"""

from typing import Protocol


class Subject(Protocol):
    """Any row of the business: it knows its kind and the four scope columns.

    Read-only properties, so that plain columns, class attributes and computed ones all fit.
    """

    @property
    def kind(self) -> str:
        """Stable code name, e.g. "rectification_item"."""
        ...

    @property
    def pk(self) -> int: ...

    @property
    def campaign_id(self) -> int: ...

    @property
    def body_id(self) -> int | None: ...

    @property
    def team_id(self) -> int | None: ...

    @property
    def unit_id(self) -> int | None: ...

    @property
    def label(self) -> str:
        """Number and title as people say it; safe to show to whoever may see the row."""
        ...
