"""Evidence on disk: taken in outside the transaction, entered inside it, given out as an attachment.

The way of a file: `receive` looks into it, writes it to a temporary name while summing it, makes it durable and gives
it its random name; `attach` enters the row in the move's transaction; `discard` removes it when the move was refused.
So a crash may leave a file without a row, which `sweep` removes, and never a row without a file.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any, BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import UploadedFile
from django.db import DatabaseError, transaction
from django.db.transaction import TransactionManagementError
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext_lazy as _

from supervision.core import photos
from supervision.core.disk import is_disk_full
from supervision.core.filetypes import (
    CHUNK,
    INLINE_TYPES,
    MIB,
    PHOTO_TYPES,
    FileRefused,
    clean_name,
    look_into,
    refused,
)
from supervision.core.models.file import StoredFile
from supervision.core.subjects import Subject

__all__ = [
    "FileRefused", "ReceivedFile", "StoreReport", "attach", "attach_all", "check_stored", "discard", "is_visible",
    "open_response", "receive", "receiving", "register_owner", "small_response", "sweep",
]  # fmt: skip

log = logging.getLogger(__name__)
INCOMING = "incoming"
STORAGE_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")
BATCH = 500
SMALL_EDGE = 320  # pixels of a photo in a list
EMPTY = _("“%(name)s”是空文件，请检查后重新选择。")
TOO_LARGE = _("“%(name)s”超过 %(limit)d MB 的上限，请压缩或拆分后再上传。")
NO_SPACE = _("服务器存储空间不足，“%(name)s”没有保存，请联系系统管理员后再上传。")


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that lies on disk and has no row yet."""

    storage_name: str
    original_name: str
    content_type: str
    size: int  # bytes, as stored
    sha256: str  # of the bytes as stored
    width: int | None = None  # pixels; photos only
    height: int | None = None


# --- taking in ---------------------------------------------------------------------------------------------------


def receive(upload: UploadedFile) -> ReceivedFile:
    """Check an upload and put it on disk under a random name. Call it before the transaction.

    Raises FileRefused: type, size, content, macros, password, bomb, broken photo, disk full. Then nothing is left.
    """
    name = clean_name(upload.name or "")
    limit: int = settings.UPLOAD_MAX_BYTES
    if not upload.size:
        raise refused(EMPTY, "empty", name)
    if upload.size > limit:
        raise refused(TOO_LARGE, "size", name, limit=limit // MIB)
    source = cast("BinaryIO", upload.file)
    file_type = look_into(source, name)
    pixels: photos.Pixels | None = None
    try:
        with _landing() as landing:
            if file_type.is_photo:
                pixels = photos.write_clean(source, cast("IO[bytes]", landing), file_type, name)
            else:
                _copy(source, landing)
    except OSError as error:
        if is_disk_full(error):
            log.exception("The store is full: an upload was refused.")
            raise refused(NO_SPACE, "disk_full", name) from error
        raise
    return ReceivedFile(
        storage_name=landing.storage_name,
        original_name=name,
        content_type=file_type.content_type,
        size=landing.size,
        sha256=landing.digest.hexdigest(),
        width=pixels.width if pixels else None,
        height=pixels.height if pixels else None,
    )


def attach(
    received: ReceivedFile, *, subject: Subject, actor: AbstractBaseUser, at: datetime, client_key: UUID | None = None
) -> StoredFile:
    """Enter the row of a received file, inside the caller's transaction; the scope columns are the subject's.

    Raises TransactionManagementError outside a transaction: a row must fall with the move that brought it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("Attach a file inside the move's transaction (@transaction.atomic).")
    return StoredFile.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        campaign_id=subject.campaign_id,
        body_id=subject.body_id,
        team_id=subject.team_id,
        unit_id=subject.unit_id,
        storage_name=received.storage_name,
        original_name=received.original_name,
        content_type=received.content_type,
        size=received.size,
        sha256=received.sha256,
        width=received.width,
        height=received.height,
        uploaded_by_id=actor.pk,
        uploaded_at=at,
        client_key=client_key,
    )


def attach_all(received: Iterable[ReceivedFile], *, subject: Subject, actor: AbstractBaseUser, at: datetime) -> None:
    """`attach` for each of several files."""
    for each in received:
        attach(each, subject=subject, actor=actor, at=at)


def discard(received: ReceivedFile) -> None:
    """Remove a received file whose move was refused. A file that has a row stays; in doubt `sweep` does it later."""
    try:
        if StoredFile.objects.filter(storage_name=received.storage_name).exists():
            return
    except DatabaseError:
        log.warning("No answer whether %s has a row: left to the sweeper.", received.storage_name)
        return
    _path(received.storage_name).unlink(missing_ok=True)


@contextmanager
def receiving(uploads: Iterable[UploadedFile]) -> Iterator[list[ReceivedFile]]:
    """Receive several uploads for one move: `with receiving(files) as received: submit(…, files=received)`.

    Whatever goes wrong, in a file or in the move, none of them stays on disk.
    """
    received: list[ReceivedFile] = []
    try:
        for upload in uploads:
            received.append(receive(upload))
        yield received
    except BaseException:
        for each in received:
            discard(each)
        raise


@dataclass(slots=True)
class _Landing:
    """The temporary file while it is written: counts and sums what passes."""

    file: BinaryIO
    storage_name: str
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        self.size += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


@contextmanager
def _landing() -> Iterator[_Landing]:
    """Write to a temporary file; at the end make it durable under its final name, on failure remove it."""
    token = secrets.token_hex(16)
    temporary = _folder(_path(INCOMING)) / f"{token}.part"
    final = _folder(_path(token[:2])) / token
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield (landing := _Landing(file, f"{token[:2]}/{token}"))
            landing.flush()
            os.fsync(file.fileno())
        temporary.rename(final)
        _sync_folder(final.parent)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _copy(source: BinaryIO, landing: _Landing) -> None:
    source.seek(0)
    while chunk := source.read(CHUNK):
        landing.write(chunk)


def _folder(path: Path) -> Path:
    """The folder, made durable when it is new: a synced file in a folder that is lost is lost too."""
    if not path.is_dir():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(path.parent)
    return path


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _path(storage_name: str) -> Path:
    return Path(settings.MEDIA_ROOT) / storage_name


# --- giving out --------------------------------------------------------------------------------------------------


def open_response(stored: StoredFile, *, inline: bool = False) -> FileResponse:
    """The file as a download under its own name (RFC 5987). The caller has asked `is_visible`.

    `inline` shows PDF and photos in the browser; every other type is a download whatever is asked.
    Raises Http404 when the bytes are gone, and logs it as the damage it is.
    """
    try:
        file = _path(stored.storage_name).open("rb")
    except FileNotFoundError:
        log.error("Stored file %s (%s) is missing on disk.", stored.pk, stored.storage_name)
        raise Http404 from None
    response = FileResponse(
        file,
        as_attachment=not (inline and stored.content_type in INLINE_TYPES),
        filename=stored.original_name,
        content_type=stored.content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def small_response(stored: StoredFile) -> HttpResponse:
    """A photo small enough for a list of many, made as it is asked for; Http404 for whatever is no photo."""
    if stored.content_type not in PHOTO_TYPES:
        raise Http404
    response = HttpResponse(content_type="image/jpeg")
    try:
        with _path(stored.storage_name).open("rb") as file:
            photos.write_small(file, cast("IO[bytes]", response), SMALL_EDGE)
    except (FileNotFoundError, *photos.BROKEN):
        log.exception("Stored photo %s (%s) cannot be shown.", stored.pk, stored.storage_name)
        raise Http404 from None
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


Visible = Callable[[Any, int], bool]  # (user, subject_id); each app knows its own User and rows
_owners: dict[str, Visible] = {}


def register_owner(kind: str, visible: Visible) -> None:
    """Say who may see the files of a kind of subject; each app does so in `ready()`."""
    if _owners.setdefault(kind, visible) is not visible:
        raise ImproperlyConfigured(f"Two rules for the files of {kind!r}.")


def is_visible(user: AbstractBaseUser, stored: StoredFile) -> bool:
    """Whether `user` sees the object that the file belongs to. A kind that nobody registered is seen by nobody."""
    visible = _owners.get(stored.subject_kind)
    return visible is not None and visible(user, stored.subject_id)


# --- keeping in order --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class StoreReport:
    """What is wrong with the store, by storage name."""

    missing: list[str] = field(default_factory=list)  # a row, no file
    changed: list[str] = field(default_factory=list)  # other bytes than the row says
    orphans: list[str] = field(default_factory=list)  # a file, no row; one just being received may be among them

    @property
    def is_clean(self) -> bool:
        """Whether no evidence is lost or altered; orphans are only litter."""
        return not (self.missing or self.changed)


def sweep(at: datetime, older_than: timedelta = timedelta(days=1)) -> int:
    """Remove files without a row and abandoned temporary files, both `older_than` by their time on disk. How many."""
    before = (at - older_than).timestamp()
    litter = [path for path in _path(INCOMING).glob("*.part") if _written_at(path) < before]
    litter += [path for path in map(_path, _orphans()) if _written_at(path) < before]
    for path in litter:
        path.unlink(missing_ok=True)
    return len(litter)


def check_stored() -> StoreReport:
    """Read every stored file and compare; for a nightly task (takes as long as reading the whole store)."""
    report = StoreReport(orphans=list(_orphans()))
    for storage_name, sha256 in StoredFile.objects.order_by("pk").values_list("storage_name", "sha256").iterator():
        try:
            with _path(storage_name).open("rb") as file:
                intact = hashlib.file_digest(file, "sha256").hexdigest() == sha256
        except FileNotFoundError:
            report.missing.append(storage_name)
            continue
        if not intact:
            report.changed.append(storage_name)
    return report


def _orphans() -> Iterator[str]:
    """Storage names on disk that no row names. Whatever else lies below MEDIA_ROOT is not ours and stays."""
    names = _names_on_disk()
    while batch := list(islice(names, BATCH)):
        known = set(StoredFile.objects.filter(storage_name__in=batch).values_list("storage_name", flat=True))
        yield from (name for name in batch if name not in known)


def _names_on_disk() -> Iterator[str]:
    root = Path(settings.MEDIA_ROOT)
    for path in root.glob("[0-9a-f][0-9a-f]/*"):
        name = path.relative_to(root).as_posix()
        if STORAGE_NAME.fullmatch(name):
            yield name


def _written_at(path: Path) -> float:
    """Seconds since the epoch; a file that vanished meanwhile counts as new, so that nobody touches it."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")
