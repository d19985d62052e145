"""One person at one browser: what they click, type and read, in the words that stand on the page."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.world import PASSWORD

PATIENCE = 20_000  # milliseconds; whatever is waited for comes at once, unless the machine is busy with other tests
expect.set_options(timeout=PATIENCE)
# Latin words that may stand on a Chinese page: formats, the other language, file names, a checksum
LATIN = re.compile(r"\S+\.(?:pdf|png)\b|\b[0-9a-f]{64}\b|[A-Za-z]{3,}")
KNOWN = {"CSV", "Excel", "PDF", "JPG", "PNG", "SHA", "English", "Linux", "Chrome"}
# What a reader meets on a page, in one look
LOOK = """() => {
  const said = (name) => [...document.querySelectorAll(`[${name}]`)].map((each) => each.getAttribute(name));
  const shown = (css) => [...document.querySelectorAll(css)].filter((each) => each.offsetParent !== null).length;
  const root = document.documentElement;
  return {
    text: [document.title, document.body.innerText, ...said("aria-label"), ...said("placeholder")].join(" "),
    language: root.lang, headings: shown("h1"), decisive: shown("#main .btn-primary, #main .btn-danger"),
    sideways: root.scrollWidth - root.clientWidth,
  };
}"""


class Person:
    """`page` may be used for what has no word here. Nothing waits by time; everything waits for what is read."""

    def __init__(self, username: str, context: BrowserContext, host: str) -> None:
        self.username, self.context, self.host = username, context, host
        self.faults: list[str] = []
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._fault(f"page error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)
        self.page.on("dialog", lambda dialog: self._fault(f"asked: {dialog.message}") or dialog.accept())

    # What must never happen

    def _fault(self, text: str) -> None:
        self.faults.append(f"{self.username} {self.page.url}: {text}")

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._fault(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.host, "data:", "blob:")):
            self._fault(f"another host: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self._fault(f"{response.status} from {response.url}")

    @property
    def holds_a_phone(self) -> bool:
        """Below this width the navigation is folded (dudao.css)."""
        return self.page.viewport_size is not None and self.page.viewport_size["width"] <= 900

    # Moving about

    def signs_in(self) -> None:
        self.page.goto(self.host)
        self.puts(self.page.get_by_label("用户名"), self.username)
        self.puts(self.page.get_by_label("密码"), PASSWORD)
        self.presses("登录")
        self.is_at("工作台")

    def goes_to(self, place: str) -> None:
        """By the navigation on the left; on a phone it is unfolded first."""
        navigation = self.page.get_by_role("navigation", name="主导航")
        link = navigation.get_by_role("link", name=re.compile(f"^{place}"))
        if self.holds_a_phone:
            self.hits(navigation.get_by_text("菜单"))
        with self.page.expect_navigation():  # also to the page where they are already: it is read anew
            self.hits(link)
        self.is_at(place)

    def opens(self, link: str | re.Pattern[str], under: str = "") -> None:
        """The first link with this text, in the section of that heading."""
        place = self.section(under) if under else self.page.locator("#main")
        self.hits(place.get_by_role("link", name=link).first)

    def duty(self, title: str, action: str) -> Locator:
        """The line of the workbench that says what is to be done with the object."""
        lines = self.page.locator(".duty").filter(has_text=title)
        return lines.filter(has=self.page.locator(".duty-action").get_by_text(action)).first

    def finds_on_workbench(self, title: str, *, to: str) -> None:
        """The way every duty begins: 工作台, the line that says it is mine and what to do, the object."""
        self.goes_to("工作台")
        self.hits(self.duty(title, to).get_by_role("link").first)

    def takes_up(self, title: str, action: str) -> None:
        """The same, by the line's own button."""
        self.goes_to("工作台")
        self.hits(self.duty(title, action).locator(".duty-action"))

    def presses(self, button: str) -> None:
        self.hits(self.page.get_by_role("button", name=button, exact=True))

    def chooses_to(self, move: str, title: str = "") -> None:
        """One of the moves offered at the top of the object; its page bears its name, or another title."""
        self.hits(self.moves.get_by_role("link", name=move, exact=True))
        self.is_at(title or move)

    def decides_to(self, move: str, **typed: Any) -> None:
        """The whole of a move: chosen at the top of the object, its page filled in, sent, done."""
        self.chooses_to(move)
        self.types(**typed)
        self.sends(move)

    def sends(self, move: str) -> None:
        """The button at the foot of a move's page; the object's page says that it was made."""
        self.presses(move)
        self.is_told("已办理")

    # Typing

    def types(self, **typed: Any) -> None:
        """Fields by their label: a text is typed, a Path is uploaded, True ticks, a tuple of one chooses."""
        for label, value in typed.items():
            self.field(label, value)

    def ticks_all(self, group: str) -> None:
        boxes = self.page.get_by_role("group", name=group).get_by_role("checkbox")
        expect(boxes).not_to_have_count(0)
        self.page.wait_for_load_state()  # all of them are there
        for box in boxes.all():
            self.puts(box, True)

    def field(self, label: str, value: Any, within: Locator | None = None) -> None:
        place = (within or self.page.locator("#main")).get_by_label(re.compile(rf"^\s*{re.escape(label)}"))
        self.puts(place.first, value)

    # By hand: a mouse here, the keyboard alone in keyboard.py

    def hits(self, target: Locator) -> None:
        target.click()

    def puts(self, target: Locator, value: Any) -> None:
        if isinstance(value, Path):
            target.set_input_files(value)
        elif value is True:
            target.check()
        elif isinstance(value, tuple):
            target.select_option(label=value[0])
        else:
            target.fill(value)

    # Reading

    @property
    def moves(self) -> Locator:
        return self.page.get_by_role("group", name="可办理的事项")

    def section(self, heading: str) -> Locator:
        return self.page.locator("section").filter(has=self.page.get_by_role("heading", name=heading)).first

    def row(self, legend: str) -> Locator:
        """One row of several alike, by its legend."""
        return self.page.get_by_role("group", name=legend, exact=True)

    def figure(self, label: str) -> str:
        """A figure of the dashboard with its note."""
        named = self.page.locator(".sight-label").get_by_text(label, exact=True)
        return self.page.locator(".sight-figure").filter(has=named).inner_text()

    def is_at(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
        self.looks()

    def is_told(self, text: str) -> None:
        expect(self.page.locator("#messages")).to_contain_text(text)
        self.looks()

    def reads(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("#main")).to_contain_text(text)

    def reads_state(self, state: str, whose: str = "") -> None:
        """What stands at the top of every object: its state and whose move it is."""
        facts = self.page.locator(".head-facts")
        expect(facts).to_contain_text(state)
        if whose:
            expect(facts).to_contain_text(whose)
        self.looks()

    def looks(self) -> None:
        """Every page on the way is Chinese, has one title and one decisive button, and does not scroll sideways."""
        page = self.page.evaluate(LOOK)
        left = {word for word in LATIN.findall(page["text"]) if "." not in word and len(word) < 64} - KNOWN
        if page["language"] != "zh-Hans" or left:
            self._fault(f"not Chinese: {page['language']} {sorted(left)}")
        if page["headings"] != 1 or page["decisive"] > 1:
            self._fault(f"{page['headings']} titles, {page['decisive']} decisive buttons")
        if page["sideways"] > 0:
            self._fault(f"scrolls sideways by {page['sideways']} px")
