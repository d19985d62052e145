"""Make the virtual environment and fill it from a lock: by uv where pip can fetch it, else by pip. Used by make.

    python3 scripts/install.py .venv requirements.lock STAMP...
    python3 scripts/install.py --lock .venv requirements.in requirements-dev.in

Runs on whatever python3 the machine has, so that an old one is told what it lacks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

NEEDED = (3, 11)
# A mirror set up for pip holds for uv too, which reads no pip.conf.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
}


def main(arguments: list[str]) -> int:
    if sys.version_info < NEEDED:
        have = ".".join(str(part) for part in sys.version_info[:3])
        print(f"Python {NEEDED[0]}.{NEEDED[1]} or newer is needed, this is {have}.", file=sys.stderr)
        print("Name another one: make demo PYTHON=/path/to/python3.11", file=sys.stderr)
        return 1
    try:
        if arguments[0] == "--lock":
            compile_locks(Path(arguments[1]), arguments[2:])
        else:
            install(Path(arguments[0]), arguments[1], [Path(stamp) for stamp in arguments[2:]])
    except subprocess.CalledProcessError as error:
        print(f"Installation failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    return 0


def install(venv: Path, lock: str, stamps: list[Path]) -> None:
    """Everything the lock names, checked by hash; the stamps are touched only when all of it is there."""
    began = time.monotonic()
    python = environment(venv)
    how = ["-r", lock, "--require-hashes", "--quiet"]
    uv = find_uv(venv)
    # Bytecode now, on all cores: else each process of the first start compiles the same modules while people wait.
    with_uv = ["pip", "install", "--python", python, "--compile-bytecode", *how]
    if not (uv and succeeds([uv, *with_uv], uv_settings(python))):
        subprocess.run([python, "-m", "pip", "install", *how, "--disable-pip-version-check"], check=True)
    for stamp in stamps:
        for old in venv.glob(f"{stamp.name.split('-')[0]}-*"):
            old.unlink()
        stamp.touch()
    print(f"Installed {lock} in {time.monotonic() - began:.1f} s.", flush=True)


def environment(venv: Path) -> str:
    """The Python of the virtual environment, which is made if needed."""
    python = venv / "bin" / "python"
    if not python.exists():
        print(f"Making {venv} …", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(venv)], capture_output=True, text=True)
        if made.returncode:
            print(made.stdout, made.stderr, sep="\n", file=sys.stderr)
            print("On Debian: apt-get install python3-venv", file=sys.stderr)
            made.check_returncode()
    return str(python)


def find_uv(venv: Path) -> str | None:
    """uv from the PATH, else put into the environment by pip; None where it cannot be had."""
    own = venv / "bin" / "uv"
    if found := shutil.which("uv"):
        return found
    if not own.exists():
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"]
        if not succeeds(pip):
            print("uv is not to be had here; pip takes a little longer.", flush=True)
            return None
    return str(own)


def succeeds(command: list[str], settings: dict[str, str] | None = None) -> bool:
    done = subprocess.run(command, env=settings, capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        print("\n".join(said)[:600], file=sys.stderr)
    return done.returncode == 0


def uv_settings(python: str) -> dict[str, str]:
    """Our environment, with pip's own settings (mirror, certificate) told to uv."""
    # Like pip: every index is as good as another, since the lock's hashes decide.
    settings = {"UV_INDEX_STRATEGY": "unsafe-best-match", **os.environ}
    listed = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        key = PIP_TO_UV.get(name.rpartition(".")[2])
        if key and key not in os.environ:
            separator = "," if key == "UV_FIND_LINKS" else " "
            settings[key] = separator.join(value.strip("'\"").replace("\\n", " ").split())
    return settings


def compile_locks(venv: Path, sources: list[str]) -> None:
    """requirements*.in → requirements*.lock, hashed, for every platform, naming no host."""
    uv = find_uv(venv)
    if uv is None:
        raise SystemExit("make lock needs uv.")
    silent = ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"]
    for source in sources:
        target = f"{source.removesuffix('.in')}.lock"
        command = [uv, "pip", "compile", "--universal", "--python-version", "3.11", "--generate-hashes", *silent]
        subprocess.run(
            [*command, "--upgrade", source, "-o", target], env=uv_settings(str(venv / "bin" / "python")), check=True
        )
        print(f"Wrote {target}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
