"""The same person without a mouse: everything is reached by Tab and done by keys."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Locator

from tests.browser.person import Person

FARTHEST = 400  # stops of the Tab key on one page; what lies beyond cannot be called reachable


class KeyboardPerson(Person):
    def reaches(self, target: Locator) -> None:
        """By Tab from wherever the focus is, through the whole page if need be."""
        target.wait_for()
        for _ in range(FARTHEST):
            if target.evaluate("(element) => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {target} on {self.page.url}")

    def hits(self, target: Locator) -> None:
        self.reaches(target)
        self.page.keyboard.press("Enter")

    def puts(self, target: Locator, value: Any) -> None:
        self.reaches(target)
        keys = self.page.keyboard
        if isinstance(value, Path):
            self.page.wait_for_load_state()  # the page's script takes the field over; before that the key is lost
            self.reaches(target)
            with self.page.expect_file_chooser() as chosen:
                keys.press("Space")
            chosen.value.set_files(value)
        elif value is True:
            if not target.is_checked():
                keys.press("Space")
        elif isinstance(value, tuple):
            self._chooses(target, value[0])
        elif target.get_attribute("type") == "date":
            year, month, day = value.split("-")
            keys.type(
                month + day + year
            )  # the order in which a headless Chromium shows a date, whatever the page's language
        else:
            keys.press("Control+a")
            keys.insert_text(value)

    def _chooses(self, target: Locator, label: str) -> None:
        self.page.keyboard.press("Home")
        for _ in range(target.locator("option").count()):
            if target.evaluate("(select) => select.selectedOptions[0].label") == label:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"No {label!r} to choose on {self.page.url}")
