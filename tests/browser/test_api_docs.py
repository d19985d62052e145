"""The API's description is shown from our own files, under the site's policy: no other host, nothing refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, expect

from tests.browser.conftest import LAPTOP
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_description_is_readable_and_asks_nobody_else(world: World, live_server: Any, browser: Browser) -> None:
    client = Client()
    client.force_login(world.users["u1"], backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(viewport=LAPTOP, locale="zh-CN")
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    context.add_cookies([{**cookie, "url": live_server.url}])
    page, faults = context.new_page(), []
    page.on("console", lambda said: said.type == "error" and faults.append(said.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request", lambda asked: asked.url.startswith((live_server.url, "data:", "blob:")) or faults.append(asked.url)
    )
    page.goto(f"{live_server.url}/api/v1/docs/")
    expect(page.locator(".opblock-summary-path").filter(has_text="/api/v1/rectification-items/").first).to_be_visible()
    page.locator(".opblock-summary-path").filter(has_text="moves/").first.click()
    expect(page.locator(".opblock-body").first).to_contain_text("The moves and what they ask for")
    context.close()
    assert not faults, "\n".join(faults)
