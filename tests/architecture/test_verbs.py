"""The web server can name every event that any process records: a timeline with an unknown verb is a page of error."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RECORDED = re.compile(r"\b(?:record|Fact)\(\s*[\"']([a-z_]+\.[a-z_]+)[\"']")
# What the web server imports: the apps and the addresses. Loaders and commands are not among it.
SERVER = """
import django, importlib, sys
django.setup()
from django.conf import settings
importlib.import_module(settings.ROOT_URLCONF)
from supervision.core.events import verb
for name in sys.argv[1:]:
    verb(name)
"""


def recorded_verbs() -> list[str]:
    apps = ("accounts", "supervision", "feedback", "rectification", "api")
    sources = (path.read_text(encoding="utf-8") for app in apps for path in (ROOT / app).rglob("*.py"))
    return sorted({name for source in sources for name in RECORDED.findall(source)})


def test_the_server_knows_every_verb_that_is_recorded_anywhere():
    found = recorded_verbs()
    assert "campaign.loaded" in found
    assert len(found) > 20
    done = subprocess.run([sys.executable, "-c", SERVER, *found], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-500:]
