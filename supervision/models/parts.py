"""Parts of listed rows that carry files of their own: their scope is their whole's."""

from __future__ import annotations

from typing import Any


class PartOfRow:
    """Mixed into a model whose `whole` is a ScopedModel row; makes it a Subject for files (core/subjects.py)."""

    whole: Any

    @property
    def campaign_id(self) -> int:
        return int(self.whole.campaign_id)

    @property
    def body_id(self) -> int:
        return int(self.whole.body_id)

    @property
    def team_id(self) -> int:
        return int(self.whole.team_id)

    @property
    def unit_id(self) -> int:
        return int(self.whole.unit_id)

    @property
    def label(self) -> str:
        return str(self.whole.label)
