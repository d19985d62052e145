"""Fixtures that every test may use."""

from tests.world import world

__all__ = ["world"]
