"""The living style page: every component, made from the call printed beside it; in production it does not exist."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import reverse

from supervision.core.templatetags.dudao import register
from supervision.views.style import SAMPLES
from tests.world import World

ASK = """
import django; django.setup()
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
try:
    resolve("/style/")
except Resolver404:
    print("no such address")
"""
ELSEWHERE = {"page_head", "crumb", "formset", "person", "list_tabs", "state"}  # shown by every page or by lists


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("say", ["", "success", "error", "explode"])
def test_the_page_shows_every_component(client, world: World, language: str, say: str):
    client.force_login(world.users["u1"], backend="django.contrib.auth.backends.ModelBackend")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(reverse("supervision:style"), {"say": say}).content.decode()
    assert page.count("<h1") == 1
    assert page.count('class="card-part sample"') == len(SAMPLES)


def test_no_component_is_forgotten():
    calls = " ".join(call for _name, call in SAMPLES)
    missing = {name for name in register.tags if f"{{% {name} " not in calls} - ELSEWHERE
    assert not missing, f"show it on the style page: {sorted(missing)}"


def test_a_provinces_server_has_no_such_address(tmp_path):
    environment = {name: value for name, value in os.environ.items() if name not in ("DEBUG", "CI")} | {
        "DJANGO_SETTINGS_MODULE": "supervision.config.settings.production",
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/dudao.sqlite3",
        "SECRET_KEY": "k7Qd-91_aXw3VbZ0pLrT5uYc8NfHgE2sJ6mOiKx4RtBvWqPz0123456789",
        "ALLOWED_HOSTS": "dudao.example.cn",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )
    assert done.stdout.strip() == "no such address", done.stderr
