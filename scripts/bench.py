"""Measure the product with 1k, 10k, 100k or 1m items on servers of its own; writes its part of docs/benchmarks.md.

.venv/bin/python scripts/bench.py 10k
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import servers

ROOT = Path(__file__).resolve().parents[1]
SIZES = ("1k", "10k", "100k", "1m")


def environment_of(folder: Path, running: list[servers.Server]) -> dict[str, str]:
    """A province's settings, for servers that live as long as the run."""
    running += [servers.start_postgresql(folder), servers.start_redis(folder)]
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": running[0].url,
        "REDIS_URL": f"{running[1].url}/0",
        "DATA_DIR": str(folder / "data"),
        "LOG_LEVEL": "WARNING",
    }


def run(size: str, folder: Path, running: list[servers.Server]) -> int:
    environment = environment_of(folder, running)
    manage = [sys.executable, "manage.py"]
    for command in (
        [*manage, "migrate", "-v0"],
        [*manage, "collectstatic", "--noinput", "-v0"],
        [sys.executable, "-m", "benchmarks", size],
    ):
        code = subprocess.run(command, cwd=ROOT, env=environment, preexec_fn=servers.die_with_parent).returncode
        if code:
            return code
    return 0


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("size", choices=SIZES)
    size = parser.parse_args().size
    signal.signal(signal.SIGTERM, _stop)
    folder, running = Path(tempfile.mkdtemp(prefix="dudao-bench-")), list[servers.Server]()
    folder.chmod(0o755)  # PostgreSQL runs as somebody else below it
    try:
        servers.install(("postgresql", "redis-server"))
        return run(size, folder, running)
    except (servers.MissingError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    finally:
        for server in running:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
