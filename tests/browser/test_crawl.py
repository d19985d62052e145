"""Whatever anybody of the demo is offered opens: no dead end, no error, no word of the wrong language.

The walk follows links as a client does (every account); Chromium and axe look at one page of each kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from io import StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils.translation import trans_real
from playwright.sync_api import Browser, Page

from accounts.models import User
from supervision.core import catalogues
from supervision.core.models import NumberSeries
from tests.architecture.test_translations import CHINESE, entered_texts
from tests.browser.conftest import LAPTOP, PHONE
from tests.browser.crawler import Seen, kind_of, read, walk
from tests.world import World

pytestmark = [pytest.mark.browser]

BACKEND = "django.contrib.auth.backends.ModelBackend"
AXE = next((Path(__file__).parent / "vendor" / "axe-core").iterdir())
DAY = "2026-11-24"
ROLES = (  # one account of each kind
    "office", "court-office", "court-1-sponsor", "court-1-lead", "tyrail-court", "tyrail-court-head", "auditor",
    "sysadmin", "secadmin",
)  # fmt: skip
FIRST_ASKED = ("office", "court-1-lead", "tyrail-court", "tyrail-court-head", "secadmin")  # by the gate
LIKE_THEM = ("office-lead", "court-1-member", "dtrail-court-deputy")  # the long run asks them as well
LATIN = re.compile(
    r"(?<![\w.@/#{\"-])[A-Za-z]{4,}(?![\w.@/}-])"
)  # {prefix}: a place in a pattern, "mobile": a key of JSON
EXAMPLES = ("晋教督反", "太原市人民检察院", "太原市院")  # of what may be entered, quoted in a help text
DRAWN_BY_OTHERS = {"api:docs"}  # Swagger UI, for programmers: opened and read like all pages, not judged by axe
KNOWN = {"English", "Excel", "Word", "XLSX", "JPEG", "HEIC", "WebP"}


def signed_in(username: str, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(username=username), backend=BACKEND)
    return client


def is_page(answer: Any) -> bool:
    return not answer.streaming and answer["Content-Type"].startswith("text/html")


def faults_of(seen: Seen, *, is_part: bool) -> Iterator[str]:
    """What a whole page must have; a part of a page (for htmx) has no head of its own."""
    if is_part:
        return
    if seen.headings != 1:
        yield f"{seen.headings} headings h1"
    if not seen.title:
        yield "no title"
    if not seen.ways_back:
        yield "no way back"


def is_part(answer: Any) -> bool:
    return b"<html" not in answer.content[:2000]


@cache
def parts_of_usernames() -> set[str]:
    """What was entered in Latin: account names, whole and as the pattern above cuts them."""
    return {word for name in User.objects.values_list("username", flat=True) for word in LATIN.findall(name)}


@pytest.fixture
def demo(db: None) -> None:
    call_command("load_demo", stdout=StringIO())


def inspect(username: str, walked: Iterable[tuple[str, str, Any]]) -> Iterator[str]:
    """Everything that is wrong with what this account was offered, in Chinese."""
    for source, address, answer in walked:
        where = f"{username}: {address} (offered by {source or 'sign-in'})"
        if address.startswith("http"):
            yield f"{where}: another host"
        if answer.status_code != 200:
            yield f"{where}: {answer.status_code}"
        elif is_page(answer):
            seen = read(answer.content.decode())
            yield from (f"{where}: {fault}" for fault in faults_of(seen, is_part=is_part(answer)))
            if words := set(LATIN.findall(" ".join(seen.text))) - KNOWN - parts_of_usernames():
                yield f"{where}: not Chinese: {sorted(words)[:8]}"


@pytest.mark.slow
def test_every_account_of_the_demo_opens_every_link(demo: None):
    names = User.objects.filter(is_active=True).order_by("username").values_list("username", flat=True)
    faults = [
        fault for username in names for fault in inspect(username, walk(signed_in(username), each=2, objects=10_000))
    ]
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_english_pages_hold_no_chinese_but_what_people_entered(demo: None, monkeypatch: pytest.MonkeyPatch):
    catalogues.compile_changed(Path(settings.BASE_DIR))
    monkeypatch.setattr(trans_real, "_translations", {})
    composed = (series.text_of(2026, 1) for series in NumberSeries.objects.all())
    entered, left = "\n".join([*entered_texts(), *composed, *EXAMPLES]), []
    for username in (*ROLES, *LIKE_THEM):
        for _source, address, answer in walk(signed_in(username, "en")):
            if answer.status_code == 200 and is_page(answer):
                words = " ".join(read(answer.content.decode()).text)
                left += [f"{address} as {username}: {run}" for run in set(CHINESE.findall(words)) if run not in entered]
    assert not left, "\n".join(sorted(left))


# --- Chromium and axe -------------------------------------------------------------------------------------------------


class Look:
    """One person's browser, which notes whatever an official must never meet."""

    def __init__(self, browser: Browser, host: str, username: str, screen: dict[str, int], language: str) -> None:
        self.host, self.username, self.language = host, username, language
        self.faults: list[str] = []
        self.context = browser.new_context(viewport=screen, locale="zh-CN", timezone_id="Asia/Shanghai")
        session = signed_in(username).cookies[settings.SESSION_COOKIE_NAME].value
        cookies = {settings.SESSION_COOKIE_NAME: session, settings.LANGUAGE_COOKIE_NAME: language}
        self.context.add_cookies([{"name": n, "value": v, "url": host} for n, v in cookies.items()])
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda said: said.type == "error" and self.fault(f"console: {said.text}"))
        self.page.on("pageerror", lambda error: self.fault(f"page error: {error}"))
        self.page.on("request", lambda asked: self.asked(asked.url))

    def fault(self, text: str) -> None:
        self.faults.append(f"{self.username} {self.language} {self.page.url}: {text}")

    def asked(self, url: str) -> None:
        if not url.startswith((self.host, "data:", "blob:")):
            self.fault(f"another host: {url}")

    def opens(self, address: str) -> None:
        self.page.goto(self.host + address)
        self.judge()

    def judge(self) -> None:
        """axe in the reader's language, and nothing scrolls sideways."""
        self.page.evaluate(f"() => {{ {(AXE / 'axe.min.js').read_text(encoding='utf-8')} }}")
        locale = (AXE / "zh_CN.json").read_text(encoding="utf-8")
        self.page.evaluate(f"() => axe.configure({{locale: {locale}}})")
        found = self.page.evaluate("""() => axe.run(document, {resultTypes: ['violations']}).then((result) =>
            result.violations.map((each) => each.id + '：' + each.help + ' ' + each.nodes.slice(0, 3).map(
                (node) => node.target.join(' ') + ' ' + node.html.slice(0, 160)).join(' | ')))""")
        for violation in found:
            self.fault(f"axe: {violation}")
        root = "document.documentElement"
        if (over := self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth")) > 0:
            self.fault(f"scrolls sideways by {over} px")

    def sends_blank(self) -> None:
        """The main form sent as it stands, without the browser's own checks: the error state of the page."""
        form = self.page.locator("#main form.form[method=post]").first
        if form.count():
            blank = """(form) => { form.noValidate = true; for (const each of form.elements)
                if (['text', 'textarea', 'date', 'number', 'search'].includes(each.type)) each.value = ''; }"""
            form.evaluate(blank)
            with self.page.expect_navigation():
                form.evaluate("(form) => form.submit()")
            self.faults = [fault for fault in self.faults if "console: Failed to load resource" not in fault]
            self.judge()


Walks = dict[str, list[tuple[str, str, Any]]]  # account → (where it was offered, address, answer)


def walks(usernames: Sequence[str]) -> Walks:
    return {username: list(walk(signed_in(username))) for username in usernames}


def one_of_each_kind(walked: Walks) -> list[tuple[str, str]]:
    """(account, address): every kind of page that anybody is offered, by the first who is offered it."""
    found: dict[str, tuple[str, str]] = {}
    for username, steps in walked.items():
        for _source, address, answer in steps:
            if kind_of(address) in DRAWN_BY_OTHERS:
                continue
            if answer.status_code == 200 and is_page(answer) and not is_part(answer):
                found.setdefault(kind_of(address), (username, address))
    return list(found.values())


def without_queries(sample: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A list looks the same whatever was asked of it: one of its addresses is enough for the gate."""
    return list({kind_of(address.partition("?")[0]): (username, address) for username, address in sample}.values())


def look_at(
    sample: list[tuple[str, str]], browser: Browser, host: str, screen: dict[str, int], language: str, *, errors: bool
) -> list[str]:
    lookers: dict[str, Look] = {}
    for username, address in sample:
        if username not in lookers:
            lookers[username] = Look(browser, host, username, screen, language)
        lookers[username].opens(address)
        if errors:
            lookers[username].sends_blank()
    for looker in lookers.values():
        looker.context.close()
    return [fault for looker in lookers.values() for fault in looker.faults]


@pytest.mark.django_db(transaction=True)
def test_whatever_is_offered_opens_and_axe_and_the_console_find_nothing(live_server: Any, browser: Browser):
    call_command("load_demo", stdout=StringIO())
    walked = walks(FIRST_ASKED)
    faults = [fault for username, steps in walked.items() for fault in inspect(username, steps)]
    sample = without_queries(one_of_each_kind(walked))
    faults += look_at(sample, browser, live_server.url, LAPTOP, "zh-hans", errors=False)
    assert not faults, "\n".join(faults)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_nor_with_other_questions_nor_on_the_phone_nor_in_english(live_server: Any, browser: Browser):
    call_command("load_demo", stdout=StringIO())
    sample = one_of_each_kind(walks((*ROLES, *LIKE_THEM)))
    faults = []
    for screen, language in product((LAPTOP, PHONE), ("zh-hans", "en")):
        faults += look_at(sample, browser, live_server.url, screen, language, errors=False)
    assert not faults, "\n".join(faults)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nor_in_error_states(live_server: Any, browser: Browser, language: str):
    """Every form sent blank; last, since a form that takes blanks changes what comes after."""
    call_command("load_demo", stdout=StringIO())
    sample = without_queries(one_of_each_kind(walks((*ROLES, *LIKE_THEM))))
    faults = look_at(sample, browser, live_server.url, LAPTOP, language, errors=True)
    assert not faults, "\n".join(faults)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nor_before_anything_has_happened(chinese_world: World, live_server: Any, browser: Browser, language: str):
    """Every list, queue and figure is empty: the page says so and stays readable."""
    walked = walks(("office", "a-office", "a1-sponsor", "a1-lead", "a1-member", "u1", "u1-head"))
    faults = [fault for username, steps in walked.items() for fault in inspect(username, steps)]
    faults += look_at(one_of_each_kind(walked), browser, live_server.url, PHONE, language, errors=False)
    assert not faults, "\n".join(faults)
