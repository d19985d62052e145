"""Throw-away PostgreSQL and Redis for the test suite: found or installed by apt, started in a folder of their own."""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

START_SECONDS = 30
CJK_FONTS = (Path("/usr/share/fonts/opentype/noto"), Path("/usr/share/fonts/noto-cjk"))


class MissingError(Exception):
    """A program the suite needs is not here; the text says how to install it."""


@dataclass
class Server:
    """A running child: how to reach it, how to end it."""

    name: str
    url: str
    process: subprocess.Popen[bytes]
    ending: signal.Signals

    def stop(self) -> None:
        """Ask politely, then insist; safe to call twice."""
        if self.process.poll() is None:
            self.process.send_signal(self.ending)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)


def die_with_parent() -> None:
    """In the child, before exec: a killed launcher must not leave servers behind (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # 1 = PR_SET_PDEATHSIG


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# Finding and installing


def postgresql_bin() -> Path | None:
    """The folder with initdb: Debian keeps it off the PATH, one per version; the newest wins."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if folders:
        return max(folders, key=lambda folder: int(folder.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def redis_program() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def chromium_program() -> str | None:
    found = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return next(filter(None, found), None)


def has_cjk_fonts() -> bool:
    return any(folder.is_dir() and any(folder.glob("*CJK*")) for folder in CJK_FONTS)


def nginx_program() -> str | None:
    """Debian keeps it in /usr/sbin, which is not on everybody's PATH."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


PACKAGES = {
    "postgresql": ("PostgreSQL", lambda: postgresql_bin() is not None),
    "redis-server": ("Redis", lambda: redis_program() is not None),
    "nginx-light": ("nginx", lambda: nginx_program() is not None),
    "chromium": ("Chromium", lambda: chromium_program() is not None),
    "fonts-noto-cjk": ("Chinese fonts", has_cjk_fonts),
}


def lacking(packages: Sequence[str]) -> list[str]:
    return [package for package in packages if not PACKAGES[package][1]()]


def install(packages: Sequence[str]) -> None:
    """Install what is lacking by apt as root.

    Raises MissingError, naming the command, when that cannot be done here or did not help.
    """
    wanted = lacking(packages)
    if not wanted:
        return
    mend = f"apt-get install --no-install-recommends {' '.join(wanted)}"
    names = ", ".join(PACKAGES[package][0] for package in wanted)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise MissingError(f"{names} not found; as root on Debian: {mend}")
    print(f"Installing {names}: {mend}", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], [*mend.split(), "-y", "-qq"]):
        done = subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:], sep="\n", flush=True)
    if still := lacking(wanted):
        raise MissingError(
            f"{', '.join(PACKAGES[package][0] for package in still)} could not be installed; try: {mend}"
        )


# Starting


def _unprivileged() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: it refuses root. None: as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise MissingError("PostgreSQL refuses to run as root and there is no user postgres or nobody.")


def start_postgresql(folder: Path) -> Server:
    """A cluster of its own, tuned to forget: nothing in it outlives the run."""
    programs, person = postgresql_bin(), _unprivileged()
    if programs is None:
        raise MissingError("PostgreSQL not found.")
    home = folder / "postgresql"
    home.mkdir(mode=0o700)
    who = {}
    if person:
        os.chown(home, person.pw_uid, person.pw_gid)
        who = {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    init = [str(programs / "initdb"), "-D", str(home / "data"), "-U", "dudao", "-A", "trust", "-E", "UTF8"]
    subprocess.run([*init, "--locale=C.UTF-8", "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=home, **who)
    port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": home,
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "max_connections": 200,
        "shared_buffers": "256MB",
        "wal_level": "minimal",
        "max_wal_senders": 0,
        "max_wal_size": "4GB",
        "checkpoint_timeout": "1h",
        "autovacuum": "off",
        "jit": "off",
        "log_min_messages": "panic",
        "log_min_error_statement": "panic",
    }
    command = [str(programs / "postgres"), "-D", str(home / "data")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    server = _start("PostgreSQL", command, port, home, signal.SIGINT, **who)
    _create_database(programs, port)
    return Server("PostgreSQL", f"postgres://dudao@127.0.0.1:{port}/dudao", server, signal.SIGINT)


def _create_database(programs: Path, port: int) -> None:
    """An open port is not yet an answer: try until the server accepts connections."""
    command = [str(programs / "createdb"), "-h", "127.0.0.1", "-p", str(port), "-U", "dudao", "dudao"]
    until = time.monotonic() + START_SECONDS
    while (done := subprocess.run(command, capture_output=True, text=True)).returncode:
        if time.monotonic() > until:
            raise RuntimeError(f"PostgreSQL does not answer: {done.stderr.strip()}")
        time.sleep(0.2)


def start_redis(folder: Path, program: str | None = None) -> Server:
    """Redis or Valkey without persistence, on loopback."""
    found = program or redis_program()
    if found is None:
        raise MissingError("Redis not found.")
    home = folder / "redis"
    home.mkdir(mode=0o700)
    port = free_port()
    command = [
        found,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(home),
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    process = _start("Redis", command, port, home, signal.SIGTERM)
    return Server("Redis", f"redis://127.0.0.1:{port}", process, signal.SIGTERM)


def _start(
    name: str, command: list[str], port: int, home: Path, ending: signal.Signals, **who: Any
) -> subprocess.Popen[bytes]:
    """Start a server in a process group of its own and wait until its port is open."""
    with (home.parent / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=die_with_parent,
            **who,
        )
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    if process.poll() is None:
        process.send_signal(ending)
    raise RuntimeError(f"{name} did not start:\n{(home.parent / f'{name}.log').read_text(errors='replace')[-2000:]}")
