"""Fill the database of DATABASE_URL and measure: `python -m benchmarks 10k`. Started by scripts/bench.py."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import django
from django.conf import settings

SIZES = {"1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}


def now_at_work() -> datetime:
    """This moment if people work now, else the afternoon of the last working day: reminders go out on those alone."""
    from django.utils import timezone

    from supervision.core.workdays import load_calendar

    now, calendar = timezone.localtime(), load_calendar()
    if calendar.is_working_day(now.date()) and now.hour >= 9:
        return now
    return now.replace(hour=16) - timedelta(days=(now.date() - calendar.add(now.date(), -1)).days)


def main(size: str) -> None:
    django.setup()
    from django.db import connection

    from benchmarks import jobs, writing_down
    from benchmarks.generator import generate
    from benchmarks.serving import Gunicorn

    at, began = now_at_work(), time.monotonic()
    print(f"Generating {SIZES[size]:,} items …", flush=True)
    campaign = generate(SIZES[size], at=at)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    told = jobs.Told(generated=time.monotonic() - began)
    print(f"Generated in {told.generated:.0f} s; reminders …", flush=True)
    jobs.measure_reminders(told, campaign, at)
    with Gunicorn(Path(settings.DATA_DIR) / "gunicorn.log") as server:
        print("Pages …", flush=True)
        jobs.measure_pages(told, server, campaign)
        print("Exports …", flush=True)
        jobs.measure_exports(told, server, campaign)
    print(writing_down.write(size, told), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
