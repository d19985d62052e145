"""Chromium as the officials have it: Chinese, Beijing time, a small laptop; and one signed-in page per person.

    .venv/bin/python -m pytest --no-migrations -q -p no:cacheprovider tests/browser

The browser is $CHROMIUM, or `chromium` on the PATH. `people("a1-lead")` signs that account of tests/world.py in through
the real form and keeps its page. A test fails on whatever an official must never meet (person.py): an error of the
page or its console, an answer 5xx, a request to another host, a word of English, two decisive buttons, a page that
scrolls sideways.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from accounts.models import User
from supervision.core.models import VocabularyVersion
from supervision.models import DeadlineRule
from tests.browser.person import Person
from tests.world import World

LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
NAMES = {
    "office": "省办干部", "office-lead": "省办主任", "a-office": "主体办干部", "a1-sponsor": "分管领导",
    "a1-lead": "督导组长", "a1-deputy": "督导副组长", "a1-member": "组员甲", "a1-member-2": "组员乙",
    "u1": "联络员甲", "u1-head": "主要负责人", "u1-deputy": "班子成员", "u2": "联络员乙",
}  # fmt: skip
POSTS = {"u1": "办公室副主任", "u1-head": "党组书记", "a1-lead": "督导组组长"}
RULES = {
    "receipt": "签收", "plan": "报送方案", "plan_review": "审核方案", "immediate": "立行立改", "fixed": "限期整改",
    "verification": "核验", "closure": "销号", "redo": "补充整改", "countersign": "补签",
    "advice_answer": "回复工作建议", "reading": "审阅",
}  # fmt: skip
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def _orm_beside_the_browsers_loop() -> None:
    """Playwright keeps a running event loop in this thread to the end of the session; Django asks for a declaration."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("Chromium is missing: apt install chromium fonts-noto-cjk, or name it in $CHROMIUM")
    return {**browser_type_launch_args, "executable_path": program, "args": QUIET}


@pytest.fixture
def chinese_world(world: World) -> World:
    """The small world with names that may stand on a Chinese page."""
    for username, name in NAMES.items():
        User.objects.filter(username=username).update(name=name, post=POSTS.get(username, "干部"))
    for code, name in RULES.items():
        DeadlineRule.objects.filter(code=code).update(name=name)
    VocabularyVersion.rise()
    return world


class People:
    """`people("u1-head")`: that person, signed in, at a machine of their own; `people("u1", PHONE)`: with a phone."""

    def __init__(self, browser: Browser, host: str) -> None:
        self.browser, self.host = browser, host
        self.known: dict[str, Person] = {}
        self.hands = Person

    def __call__(self, username: str, screen: dict[str, int] = LAPTOP) -> Person:
        if username not in self.known:
            context = self.browser.new_context(viewport=screen, locale="zh-CN", timezone_id="Asia/Shanghai")
            self.known[username] = self.hands(username, context, self.host)
            self.known[username].signs_in()
        return self.known[username]

    def __len__(self) -> int:
        return len(self.known)


@pytest.fixture
def people(chinese_world: World, live_server: Any, browser: Browser) -> Iterator[People]:
    """Everyone who came to a browser in this test; at the end nobody met what an official must never meet."""
    everyone = People(browser, live_server.url)
    yield everyone
    for person in everyone.known.values():
        person.context.close()
    faults = [fault for person in everyone.known.values() for fault in person.faults]
    assert not faults, "\n".join(faults)
