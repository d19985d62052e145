"""The vendored browser assets are what the lock says."""

import hashlib
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVED, TESTS_ONLY = ROOT / "static" / "vendor", ROOT / "tests" / "browser" / "vendor"


def assets() -> dict[str, bytes]:
    """Every vendored file by <package>/<version>/<name>."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for home in (SERVED, TESTS_ONLY)
        for path in home.rglob("*")
        if path.is_file() and path.parent != home
    }


def test_every_vendored_file_has_the_hash_of_the_lock_and_a_licence():
    lock = json.loads((SERVED / "vendor.lock.json").read_text(encoding="utf-8"))
    locked = {
        f"{name}/{entry['version']}/{file}": digest
        for name, entry in lock.items()
        for file, digest in entry["files"].items()
    }
    assert {name: hashlib.sha256(content).hexdigest() for name, content in assets().items()} == locked
    assert all("LICENSE" in entry["files"] and entry["licence"] for entry in lock.values())


def test_no_file_points_to_a_source_map_that_is_not_shipped():
    for name, content in assets().items():
        assert b"sourceMappingURL" not in content, name
