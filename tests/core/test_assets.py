"""The vendored browser assets are what the lock says."""

import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"


def test_every_vendored_file_has_the_hash_of_the_lock_and_a_licence():
    lock = json.loads((VENDOR / "vendor.lock.json").read_text(encoding="utf-8"))
    locked = {
        f"{name}/{entry['version']}/{file}": digest
        for name, entry in lock.items()
        for file, digest in entry["files"].items()
    }
    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.parent != VENDOR
    }
    assert found == locked
    assert all("LICENSE" in entry["files"] and entry["licence"] for entry in lock.values())


def test_no_file_points_to_a_source_map_that_is_not_shipped():
    for path in VENDOR.rglob("*.*s"):
        assert b"sourceMappingURL" not in path.read_bytes(), path
