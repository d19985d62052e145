"""The embedded default: one machine, SQLite, an embedded broker, the demo campaign. Never for a province."""

import secrets
from pathlib import Path

from supervision.config.settings.base import *  # noqa: F403  (settings modules extend each other by design)
from supervision.config.settings.base import DATA_DIR


def _own_secret() -> str:
    """A secret made once per data folder, so that a restart keeps everyone signed in."""
    path = Path(DATA_DIR) / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text()


SECRET_KEY = _own_secret()
DEMO = True
ALLOWED_HOSTS = ["*"]  # the embedded server is tried from other machines of the same intranet
