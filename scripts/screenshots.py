"""Screenshots of the demo for docs/guide and the README, in both languages: `make screenshots`.

Starts the demo on a free port with data of its own, signs in as the people of the guide, photographs what the guide
shows, and stops everything. A page that cannot be found fails the run: the guide would show something else.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import servers
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "guide" / "img"
README_IMAGE = ROOT / "docs" / "img" / "dashboard.png"
LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PASSWORD = "dudao-demo"  # noqa: S105  (public: accounts that only a demo has)
LANGUAGES = {"zh-CN": "zh-hans", "en": "en"}
START_SECONDS = 180
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


def follow(*selectors: str) -> Callable[[Page], None]:
    """Click one link after the other, by CSS."""

    def go(page: Page) -> None:
        for selector in selectors:
            with page.expect_navigation():
                page.locator(f"#main {selector}").first.click()

    return go


@dataclass(frozen=True)
class Shot:
    """One picture: whose, of which page, what is clicked before."""

    name: str
    username: str
    path: str
    before: Callable[[Page], None] | None = None
    screen: str = "laptop"


ITEM = "tbody th a"
SHOTS = (
    Shot("team-workbench", "proc-dispatched-lead", "/"),
    Shot("team-calendar", "court-1-lead", "/inspections/calendar/"),
    Shot("team-plan", "court-1-member", "/inspections/new/"),
    Shot("team-log", "police-1-member", "/inspections/?status=in_progress", follow(ITEM, "a[href$='/log/']")),
    Shot("team-kit", "court-1-lead", "/inspections/kit/"),
    Shot("team-signing", "proc-dispatched-lead", "/signing/"),
    Shot("team-daily", "court-1-member", "/daily-records/new/", screen="phone"),
    Shot("unit-workbench", "jc-jinpushan-proc", "/"),
    Shot("unit-form", "tyrail-court", "/feedback-forms/", follow(ITEM)),
    Shot("unit-paper", "tyrail-court", "/feedback-forms/", follow(ITEM, "a[href$='/paper/']")),
    Shot("unit-item", "jc-jinpushan-proc", "/items/?group=open", follow(ITEM)),
    Shot("unit-phone", "jc-jinpushan-proc-head", "/", screen="phone"),
    Shot("office-dashboard", "office", "/dashboard/"),
    Shot("office-ledger", "office", "/items/?group=open&sort=clock_due_on"),
    Shot("office-closing", "court-office", "/items/closing/"),
    Shot("office-settings", "office-lead", "/campaigns/", follow("a[href$='/settings/']")),
    Shot("office-deadlines", "office-lead", "/campaigns/", follow("a[href$='/settings/']", "a[href*='/deadlines/']")),
    Shot("office-calendar", "office", "/calendar/"),
)


def main() -> int:
    servers.install(("chromium", "fonts-noto-cjk"))
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dudao-pictures-") as folder:
        port = servers.free_port()
        surroundings = {**os.environ, "DATA_DIR": folder, "PORT": str(port)}
        surroundings["DJANGO_SETTINGS_MODULE"] = "supervision.config.settings.local"
        demo = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env=surroundings,
            stdout=subprocess.DEVNULL,
            preexec_fn=servers.die_with_parent,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/sign-in/", demo)
            photograph(f"http://127.0.0.1:{port}")
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait(30)
    return 0


def wait_for(address: str, demo: subprocess.Popen[bytes]) -> None:
    """Until the sign-in page opens; while the demo loads, a page of its own answers 503."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and demo.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310  (our own address)
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("The demo did not start.")


def photograph(host: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=servers.chromium_program(), args=[*QUIET])
        for suffix, language in LANGUAGES.items():
            for shot in SHOTS:
                picture = take(browser, host, shot, language)
                store(picture, IMAGES / f"{shot.name}.{suffix}.png")
                if (shot.name, suffix) == ("office-dashboard", "zh-CN"):
                    store(picture, README_IMAGE)
        browser.close()


def take(browser: Browser, host: str, shot: Shot, language: str) -> bytes:
    screen = PHONE if shot.screen == "phone" else LAPTOP
    context = browser.new_context(viewport=screen, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.add_cookies([{"name": "django_language", "value": language, "url": host}])
    page = context.new_page()
    page.goto(f"{host}/sign-in/")
    page.fill("[name=username]", shot.username)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    page.goto(host + shot.path)
    if shot.before:
        shot.before(page)
    page.wait_for_load_state("networkidle")
    picture = page.screenshot()
    context.close()
    print(f"{shot.name} ({language})", flush=True)
    return picture


def store(picture: bytes, path: Path) -> None:
    """With 128 colours: a page has few, and the repository stays small."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(128).save(path, optimize=True)


if __name__ == "__main__":
    sys.exit(main())
