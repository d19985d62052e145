"""How much one person may ask in a minute, counted for all server processes together."""

from __future__ import annotations

import time
from typing import Any

from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.throttling import UserRateThrottle

SHARED, OWN = "shared", "default"


class PersonThrottle(UserRateThrottle):
    """A counter for each person and minute. While Redis does not answer, each process counts for itself."""

    num_requests: int
    duration: int

    def allow_request(self, request: Any, view: Any) -> bool:
        key = self.get_cache_key(request, view)
        try:
            return self._count(SHARED, key) <= self.num_requests
        except RedisError:
            return self._count(OWN, key) <= self.num_requests

    def _count(self, where: str, key: Any) -> int:
        cache, window = caches[where], f"{key}:{int(time.time() // self.duration)}"
        cache.add(window, 0, timeout=self.duration)
        try:
            return int(cache.incr(window))
        except ValueError:  # the minute ended in between
            return 1

    def wait(self) -> float | None:
        """Until the next minute begins."""
        return self.duration - time.time() % self.duration
