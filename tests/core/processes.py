"""Other processes on the very database of the test: for kills and for the real worker."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection


def environment_of(data_dir: Path) -> dict[str, str]:
    """What a process of ours needs to work on the test's database, with files of its own."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        person = f"{database['USER']}:{database['PASSWORD']}"
        url = f"postgres://{person}@{database['HOST'] or 'localhost'}:{database['PORT']}/{database['NAME']}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": settings.REDIS_URL,
        "DJANGO_SETTINGS_MODULE": "supervision.config.settings.local",
        "DATA_DIR": str(data_dir),
    }


def wait_until(holds: Callable[[], Any], seconds: float = 60) -> None:
    """Poll for a state of another process; the limit only ends a hopeless wait."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "the other process never got there"
        time.sleep(0.02)
