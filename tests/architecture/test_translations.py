"""An English page holds no Chinese but what people entered: frame, labels and messages are English.

Whatever stands in a row of the database counts as entered; the switch back to Chinese is Chinese on purpose.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils.translation import trans_real

from supervision.core import catalogues
from tests.architecture import stage
from tests.world import World

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
ASIDE = re.compile(r"<(script|style)\b.*?</\1>|<[^>]* lang=\"zh-Hans\"[^>]*>[^<]*", re.DOTALL)
BACKEND = f"{ModelBackend.__module__}.{ModelBackend.__qualname__}"
BUSINESS = (
    "supervision:workbench",
    "supervision:dashboard",
    "supervision:inspection-list",
    "supervision:daily-records",
    "supervision:advice-list",
    "supervision:filed-drafts",
    "feedback:forms",
    "rectification:ledger",
    "rectification:reports",
    "supervision:notification-list",
    "accounts:profile",
)
PAGES = [
    *((who, name) for who in ("a1-lead", "office-lead", "u1", "u1-head") for name in BUSINESS),
    ("a1-lead", "supervision:inspection-create"),
    ("a1-lead", "supervision:daily-record-create"),
    ("a1-lead", "supervision:daily-coverage"),
    ("a1-lead", "supervision:daily-week"),
    ("a1-lead", "supervision:advice-create"),
    ("u1", "supervision:filed-draft-create"),
    ("u1-head", "supervision:delegations"),
    ("sysadmin", "accounts:account-list"),
    ("sysadmin", "accounts:account-new"),
    ("secadmin", "supervision:people"),
]


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue as it stands, also in a process that met English before it was compiled."""
    catalogues.compile_changed(Path(settings.BASE_DIR))
    monkeypatch.setattr(trans_real, "_translations", {})


@pytest.mark.once
def test_english_lists_hold_no_chinese_of_ours(world: World, english: None):
    stage.build(world)
    entered = "\n".join(entered_texts())
    left = []
    for who, name in PAGES:
        client = Client(headers={"accept-language": "en"})
        client.force_login(world.users[who], backend=BACKEND)
        answer = client.get(reverse(name), follow=True)
        assert answer.status_code == 200, f"{name} as {who}"
        page = html.unescape(ASIDE.sub(" ", answer.content.decode()))
        assert '<html lang="en">' in page, f"{name} as {who}"
        left += [f"{name} as {who}: {run}" for run in sorted(set(CHINESE.findall(page))) if run not in entered]
    assert not left, "\n".join(left)


def entered_texts() -> Iterator[str]:
    """Every text of every row."""
    for model in apps.get_models():
        kept = [field.attname for field in model._meta.concrete_fields if _holds_words(field)]
        if kept:
            for row in model._default_manager.values_list(*kept):
                yield from map(str, row)


def _holds_words(field: models.Field) -> bool:
    return isinstance(field, models.CharField | models.TextField | models.JSONField)
