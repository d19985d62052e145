"""Is there no room left? The file system says so, or either database of its own files."""

from __future__ import annotations

import errno

_NUMBERS = {errno.ENOSPC, errno.EDQUOT}
_POSTGRESQL = "53100"  # disk_full
_SQLITE = "SQLITE_FULL"


def is_disk_full(error: BaseException | None) -> bool:
    """Django's database errors bear the driver's as their cause; a driver calls this one an OperationalError too."""
    if isinstance(error, OSError):
        return error.errno in _NUMBERS
    cause = getattr(error, "__cause__", None)
    return getattr(cause, "pgcode", None) == _POSTGRESQL or getattr(cause, "sqlite_errorname", None) == _SQLITE
