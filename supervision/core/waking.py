"""Waking the worker: the queue is only a wake-up call, the rows of the database are the truth."""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger(__name__)


def wake(task: Any, pk: int) -> None:
    """Queue a task of one id; while the broker does not answer, the next sweep of beat finds its work."""
    try:
        task.delay(pk)
    except task.OperationalError:
        log.warning("The broker does not answer; %s(%s) waits for the next sweep.", task.name, pk)
