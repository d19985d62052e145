"""Fixtures of the kernel's tests."""

import pytest


@pytest.fixture
def store(settings, tmp_path):
    """An empty store of files with a limit of 1 MiB a file."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    return settings.MEDIA_ROOT
