"""compose.yaml and what it names: read, filled in, and loaded as far as that goes without containers."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
GIVEN = {  # a .env as docs/operations.md asks for
    "SECRET_KEY": secrets.token_urlsafe(50),
    "ALLOWED_HOSTS": "dudao.example.cn",
    "CSRF_TRUSTED_ORIGINS": "https://dudao.example.cn",
    "POSTGRES_PASSWORD": "abc123",
}
REPORT = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
call_command("check")
database = settings.DATABASES["default"]
print(json.dumps([database["HOST"], database["NAME"], settings.CELERY_BROKER_URL, settings.ALLOWED_HOSTS,
                  str(settings.MEDIA_ROOT), str(settings.STATIC_ROOT)]))
"""


@pytest.fixture
def services() -> dict[str, Any]:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    filled = re.sub(r"\$\{(\w+)(?::\?[^}]*)?\}", lambda found: GIVEN[found[1]], text)
    found: dict[str, Any] = yaml.safe_load(filled)["services"]
    return found


def test_every_part_is_there_and_waits_for_what_it_needs(services: dict[str, Any]):
    assert set(services) == {"prepare", "web", "worker", "beat", "database", "broker", "proxy"}
    for name in ("web", "worker", "beat"):
        assert set(services[name]["depends_on"]) == {"prepare", "database", "broker"}
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            assert how["condition"] != "service_healthy" or "healthcheck" in services[needed], (name, needed)
    assert [name for name in services if "beat" in str(services[name].get("command", ""))] == ["beat"]  # exactly one
    open_to_the_world = [name for name, service in services.items() if "ports" in service]
    assert open_to_the_world == ["proxy"]


def test_the_environment_it_gives_is_one_that_production_starts_with(services: dict[str, Any], tmp_path: Path):
    """`manage.py check` with the settings of a container; nothing is connected to."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", REPORT], cwd=ROOT, env={**environment, **GIVEN, **services["web"]["environment"]},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == (
        '["database", "dudao", "redis://broker:6379/0", ["dudao.example.cn", "127.0.0.1"], '
        '"/var/lib/dudao/files", "/var/lib/dudao/static"]'
    )
    assert services["worker"]["environment"] == services["web"]["environment"] == services["beat"]["environment"]


def test_commands_and_files_it_names_exist(services: dict[str, Any]):
    for volume in services["proxy"]["volumes"]:
        here = volume.partition(":")[0]
        assert not here.startswith("./") or here == "./deploy/tls" or (ROOT / here).exists(), here
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    names = [services["prepare"]["command"], services["worker"]["command"], services["beat"]["command"], image]
    for word in ("gunicorn", "celery"):
        assert any(word in each for each in names)
        assert (Path(sys.executable).parent / word).exists()
    kept_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    assert {".git", ".env", "var"} <= set(kept_out)  # neither secrets nor data in an image


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.parametrize("source", ["deploy/nginx.conf", "docs/operations.md"])
def test_nginx_accepts_the_configuration(source: str, tmp_path: Path):
    """`nginx -t`, of the file and of the one that the guide for systemd prints; certificates of our own."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is not here; make test-long installs it"
    text = (ROOT / source).read_text(encoding="utf-8")
    if source.endswith(".md"):
        text = text.partition("```nginx\n")[2].partition("```")[0]
    tls = tmp_path / "tls"
    tls.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=dudao.example.cn",
         "-keyout", tls / "dudao.key", "-out", tls / "dudao.crt"],
        check=True, capture_output=True,
    )  # fmt: skip
    (tmp_path / "dudao.conf").write_text(text.replace("/etc/nginx/tls", str(tls)), encoding="utf-8")
    main = (
        f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; include {tmp_path}/dudao.conf; }}"
    )
    (tmp_path / "nginx.conf").write_text(main, encoding="utf-8")
    done = subprocess.run(
        [program, "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
