"""Fetch the browser assets with `npm pack` into <home>/<package>/<version>/ and check them against the lock.

Home is static/vendor for what we serve, tests/browser/vendor for what only tests use.

`python scripts/vendor_assets.py` fetches what the lock names and refuses a file whose hash differs.
`python scripts/vendor_assets.py --check` only compares the committed files with the lock (no network, no Node).
`python scripts/vendor_assets.py --relock` accepts what it fetches and writes the lock anew (after a version change).
Node is needed to run this script, never to run Dudao.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "static" / "vendor"
TEST_VENDOR = ROOT / "tests" / "browser" / "vendor"  # never served: tests put it into pages
LOCK = VENDOR / "vendor.lock.json"
# A manifest storage follows these comments and fails, since the maps are not shipped.
SOURCE_MAP = re.compile(rb"\n?(?:/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*)\s*$")


@dataclass(frozen=True)
class Package:
    """One npm package: its exact version, its licence, the files we keep of it and where."""

    name: str
    version: str
    licence: str
    files: tuple[str, ...]
    home: Path = VENDOR


PACKAGES = (
    Package(
        "bootstrap",
        "5.3.9",
        "MIT",
        ("dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js", "LICENSE"),
    ),
    Package("htmx.org", "2.0.11", "0BSD", ("dist/htmx.min.js", "LICENSE")),
    # Lines, bars, tooltip and grid; the whole of ECharts is half as large again.
    Package("echarts", "5.6.0", "Apache-2.0", ("dist/echarts.common.min.js", "LICENSE", "NOTICE")),
    Package("axe-core", "4.14.1", "MPL-2.0", ("axe.min.js", "locales/zh_CN.json", "LICENSE"), TEST_VENDOR),
)


def fetch(package: Package) -> dict[str, bytes]:
    """The wanted files of one package, by bare file name, with source map comments stripped."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"{package.name}@{package.version}", "--ignore-scripts", "--silent"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as tar:
            manifest = json.loads(_member(tar, "package.json"))
            if manifest["license"] != package.licence:
                raise SystemExit(f"{package.name}: the licence is now {manifest['license']}")
            return {Path(name).name: SOURCE_MAP.sub(b"", _member(tar, name)) for name in package.files}


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    reader = tar.extractfile(f"package/{name}")
    if reader is None:
        raise SystemExit(f"{name} is no file in the package")
    return reader.read()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def entry(package: Package, files: dict[str, bytes]) -> dict[str, object]:
    return {
        "version": package.version,
        "licence": package.licence,
        "files": {name: digest(content) for name, content in sorted(files.items())},
    }


def committed(package: Package) -> dict[str, bytes]:
    folder = package.home / package.name / package.version
    return {path.name: path.read_bytes() for path in folder.glob("*") if path.is_file()}


def store(package: Package, files: dict[str, bytes]) -> None:
    folder = package.home / package.name / package.version
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--relock", action="store_true")
    options = parser.parse_args()
    source = committed if options.check else fetch
    found = {package.name: source(package) for package in PACKAGES}
    entries = {package.name: entry(package, found[package.name]) for package in PACKAGES}
    if not options.relock and entries != json.loads(LOCK.read_text(encoding="utf-8")):
        print(f"The assets differ from {LOCK.name}.", file=sys.stderr)
        return 1
    if not options.check:
        for package in PACKAGES:
            store(package, found[package.name])
        LOCK.write_text(json.dumps(entries, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print("\n".join(f"{name} {each['version']} ({each['licence']})" for name, each in entries.items()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
