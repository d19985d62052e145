"""Every static check, two at a time; shows what failed and why. Used by make lint."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
TEST = {"DJANGO_SETTINGS_MODULE": "supervision.config.settings.test"}
PRODUCTION = {  # nobody's: enough for the settings to be read, nothing is connected to
    "DJANGO_SETTINGS_MODULE": "supervision.config.settings.production",
    "SECRET_KEY": "only-for-lint-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "ALLOWED_HOSTS": "dudao.example.cn",
    "DATABASE_URL": "postgres://dudao@127.0.0.1/dudao",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}


@dataclass
class Check:
    """One command that must end with 0."""

    name: str
    command: list[str]
    settings: dict[str, str] = field(default_factory=lambda: TEST)

    def run(self) -> tuple[Check, int, str, float]:
        began = time.monotonic()
        done = subprocess.run(
            self.command,
            cwd=ROOT,
            env={**os.environ, **self.settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return self, done.returncode, done.stdout, time.monotonic() - began


def tool(*words: str) -> list[str]:
    return [str(BIN / words[0]), *words[1:]]


def manage(*words: str) -> list[str]:
    return [sys.executable, "manage.py", *words]


PYTHON = (
    "accounts",
    "supervision",
    "feedback",
    "rectification",
    "api",
    "clients/python/dudao_client",
    "benchmarks",
    "manage.py",
)
CHECKS = [
    Check("mypy", tool("mypy", *PYTHON)),
    Check("ruff", tool("ruff", "check", ".")),
    Check("format", tool("ruff", "format", "--check", ".")),
    Check("layers", tool("lint-imports", "--no-logo")),
    Check("deployment", manage("check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
    Check("migrations", manage("makemigrations", "--check", "--dry-run")),
    Check("translations", manage("messages", "--check")),
    Check("state pages", manage("state_docs", "--check")),
]


def main(names: list[str]) -> int:
    """Run all checks, or those named; returns how many failed (at most 1, as an exit code)."""
    chosen = [check for check in CHECKS if not names or check.name in names]
    failed = []
    with ThreadPoolExecutor(max_workers=2) as pool:
        for check, code, output, seconds in pool.map(Check.run, chosen):
            print(f"{check.name:14} {'ok' if code == 0 else 'FAILED':7} {seconds:5.1f} s", flush=True)
            if code:
                failed.append(check.name)
                print(output.rstrip(), flush=True)
    print(f"lint: {', '.join(failed)} failed" if failed else "lint: all is well")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
