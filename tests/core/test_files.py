"""Evidence files: taken in, entered, given out; and that a row never stands without its file."""

import errno
import hashlib
import os
import signal
import stat
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.http import Http404

from supervision.core import files, filetypes
from supervision.core.files import FileRefused
from supervision.core.models import StoredFile
from tests.core.uploads import PDF, bytes_of, good_content, on_disk, photo, refusal_of, upload

pytestmark = pytest.mark.usefixtures("store")
AT = datetime(2021, 9, 17, 2, 0, tzinfo=UTC)
ITEM = SimpleNamespace(
    kind="rectification_item", pk=17, campaign_id=1, body_id=2, team_id=3, unit_id=4, label="整改事项"
)


@pytest.fixture
def officer(db):
    return get_user_model().objects.create_user("officer", name="联络员")


# --- taken in ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("extension", filetypes.TYPES)
def test_every_allowed_type_is_taken_in_under_a_random_name(extension, store):
    content = good_content(extension)
    received = files.receive(upload(f"佐证材料.{extension.upper()}", content, "text/html"))
    assert received.original_name == f"佐证材料.{extension.upper()}"
    assert received.content_type == filetypes.TYPES[extension].content_type  # ours, not the browser's
    assert on_disk(store) == [store / received.storage_name]
    assert files.STORAGE_NAME.fullmatch(received.storage_name)
    stored = bytes_of(received)
    assert (received.size, received.sha256) == (len(stored), hashlib.sha256(stored).hexdigest())
    if not filetypes.TYPES[extension].is_photo:
        assert stored == content
        assert (received.width, received.height) == (None, None)


def test_nobody_but_the_server_reads_the_store(store):
    received = files.receive(upload("a.pdf", PDF))
    path = store / received.storage_name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_same_file_twice_lies_twice_with_one_sum():
    first, second = files.receive(upload("a.pdf", PDF)), files.receive(upload("b.pdf", PDF))
    assert first.storage_name != second.storage_name
    assert first.sha256 == second.sha256


def test_the_same_photo_twice_has_one_sum_too():
    assert files.receive(upload("a.jpg", photo())).sha256 == files.receive(upload("b.jpg", photo())).sha256


def test_a_large_upload_that_django_keeps_on_disk_is_taken_in_piece_by_piece(settings):
    settings.UPLOAD_MAX_BYTES = 32 * 1024 * 1024
    large = TemporaryUploadedFile("大.pdf", "application/pdf", 0, None)
    large.write(PDF + bytes(16 * 1024 * 1024))
    large.size = large.tell()
    tracemalloc.start()
    received = files.receive(large)
    assert tracemalloc.get_traced_memory()[1] < 4 * 1024 * 1024
    tracemalloc.stop()
    assert received.size == large.size


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\桌面\\报告.pdf", "报告.pdf"),
        ("报告\u202efdp.exe.pdf", "报告fdp.exe.pdf"),
        ("报\x00告\r\n.pdf", "报告.pdf"),
        (" 报告.pdf. ", "报告.pdf"),
        ("长" * 300 + ".pdf", "长" * 251 + ".pdf"),
    ],
)
def test_a_name_is_only_text_and_cannot_deceive(name, shown):
    assert filetypes.clean_name(name) == shown


# --- the disk ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("call", ["fsync", "write"])
@pytest.mark.parametrize("extension", ["pdf", "jpg"])
def test_a_full_disk_is_said_clearly_and_leaves_nothing(monkeypatch, number, call, extension):
    def full(*_args):
        raise OSError(number, os.strerror(number))

    if call == "fsync":
        monkeypatch.setattr(os, "fsync", full)
        files._path(files.INCOMING).mkdir(parents=True)  # else the folder's own sync meets the full disk first
    else:
        monkeypatch.setattr(files._Landing, "write", full)
    sentence = refusal_of(f"a.{extension}", good_content(extension))
    assert sentence == f"服务器存储空间不足，“a.{extension}”没有保存，请联系系统管理员后再上传。"


def test_another_fault_of_the_disk_is_not_hidden_and_leaves_nothing(monkeypatch, store):
    def broken(*_args):
        raise OSError(errno.EIO, "input/output error")

    monkeypatch.setattr(files._Landing, "write", broken)
    with pytest.raises(OSError, match="input/output"):
        files.receive(upload("a.pdf", PDF))
    assert on_disk(store) == []


def test_the_bytes_are_durable_before_they_get_their_name_and_the_name_before_we_say_so(monkeypatch, store):
    told = []
    fsync, rename = os.fsync, Path.rename
    monkeypatch.setattr(os, "fsync", lambda fd: (told.append(os.readlink(f"/proc/self/fd/{fd}")), fsync(fd))[1])
    monkeypatch.setattr(Path, "rename", lambda self, to: (told.append("rename"), rename(self, to))[1])
    received = files.receive(upload("a.pdf", PDF))
    assert told[-3].endswith(".part")
    assert told[-2] == "rename"
    assert told[-1] == str((store / received.storage_name).parent)


# --- the row ----------------------------------------------------------------------------------------------------------


def attached(officer, subject=ITEM, name="佐证材料.pdf", content=PDF) -> StoredFile:
    received = files.receive(upload(name, content))
    with transaction.atomic():
        return files.attach(received, subject=subject, actor=officer, at=AT)


def test_the_row_says_whose_it_is_and_what_lies_on_disk(officer):
    stored = StoredFile.objects.get(pk=attached(officer, name="现场.jpg", content=photo()).pk)
    assert (stored.subject_kind, stored.subject_id) == ("rectification_item", 17)
    assert (stored.campaign_id, stored.body_id, stored.team_id, stored.unit_id) == (1, 2, 3, 4)
    assert (stored.uploaded_by, stored.uploaded_at, stored.original_name) == (officer, AT, "现场.jpg")
    assert (stored.width, stored.height) == (60, 40)
    assert hashlib.sha256(files._path(stored.storage_name).read_bytes()).hexdigest() == stored.sha256


def test_attaching_is_one_query(officer, django_assert_num_queries):
    received = files.receive(upload("a.pdf", PDF))
    with django_assert_num_queries(1):
        files.attach(received, subject=ITEM, actor=officer, at=AT)


def test_one_file_is_attached_once(officer):
    received = files.receive(upload("a.pdf", PDF))
    files.attach(received, subject=ITEM, actor=officer, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        files.attach(received, subject=ITEM, actor=officer, at=AT)


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_attached(officer):
    received = files.receive(upload("a.pdf", PDF))
    with pytest.raises(TransactionManagementError):
        files.attach(received, subject=ITEM, actor=officer, at=AT)
    assert not StoredFile.objects.exists()


def test_receiving_asks_the_database_nothing(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        files.receive(upload("a.pdf", PDF))


def test_a_discarded_file_is_gone_and_discarding_again_is_no_harm(db, store):
    received = files.receive(upload("a.pdf", PDF))
    files.discard(received)
    files.discard(received)
    assert on_disk(store) == []


def test_a_file_that_has_its_row_is_never_discarded(officer, store):
    received = files.receive(upload("a.pdf", PDF))
    files.attach(received, subject=ITEM, actor=officer, at=AT)
    files.discard(received)
    assert on_disk(store) == [store / received.storage_name]


def test_without_an_answer_of_the_database_the_file_is_left_to_the_sweeper(monkeypatch, store):
    def silent(**_):
        raise DatabaseError("gone")

    received = files.receive(upload("a.pdf", PDF))
    monkeypatch.setattr(StoredFile.objects, "filter", silent)
    files.discard(received)
    assert len(on_disk(store)) == 1


def test_several_files_of_one_move_come_together_or_not_at_all(officer, store):
    uploads = [upload("a.pdf", PDF), upload("b.exe", b"MZ")]
    with pytest.raises(FileRefused), files.receiving(uploads):
        pytest.fail("The move began.")
    assert on_disk(store) == []

    def refused_move(received):
        assert len(on_disk(store)) == len(received) == 2
        with transaction.atomic():
            files.attach(received[0], subject=ITEM, actor=officer, at=AT)
            raise RuntimeError("a guard of the move was not met")

    with pytest.raises(RuntimeError), files.receiving([upload("a.pdf", PDF)] * 2) as received:
        refused_move(received)
    assert on_disk(store) == []
    with files.receiving([upload("a.pdf", PDF)]) as received:
        files.attach(received[0], subject=ITEM, actor=officer, at=AT)
    assert len(on_disk(store)) == 1


@pytest.mark.django_db(transaction=True)
def test_killed_between_rename_and_commit_only_an_orphan_is_left_and_swept(store):
    officer = get_user_model().objects.create_user("officer", name="联络员")
    connection.close()  # the child must not share our connection
    child = os.fork()
    if child == 0:  # never returns into pytest
        try:
            received = files.receive(upload("a.pdf", PDF))
            with transaction.atomic():
                files.attach(received, subject=ITEM, actor=officer, at=AT)
                os.kill(os.getpid(), signal.SIGKILL)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert not StoredFile.objects.exists()
    assert len(on_disk(store)) == 1
    assert files.sweep(datetime.now(UTC) + timedelta(days=2)) == 1
    assert on_disk(store) == []


@pytest.mark.django_db(transaction=True)
def test_killed_while_the_bytes_are_written_only_a_temporary_file_is_left_and_swept(store):
    child = os.fork()
    if child == 0:
        try:
            files._Landing.write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
            files.receive(upload("a.pdf", PDF))
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert [path.suffix for path in on_disk(store)] == [".part"]
    assert files.sweep(datetime.now(UTC) + timedelta(days=2)) == 1
    assert on_disk(store) == []


# --- keeping in order -------------------------------------------------------------------------------------------------


def aged(path: Path, days: float) -> Path:
    moment = (datetime.now(UTC) - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))
    return path


def test_the_sweeper_takes_old_orphans_alone(officer, store):
    kept = aged(store / attached(officer).storage_name, 30)
    fresh = store / files.receive(upload("a.pdf", PDF)).storage_name
    orphan = aged(store / files.receive(upload("b.pdf", PDF)).storage_name, 1.5)
    abandoned = aged(fresh.rename(store / files.INCOMING / "x.part"), 1.5)
    fresh = store / files.receive(upload("a.pdf", PDF)).storage_name
    foreign = store / "ab" / "readme.txt"
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("not ours")
    aged(foreign, 30)
    assert files.sweep(datetime.now(UTC)) == 2
    assert on_disk(store) == sorted([kept, fresh, foreign])
    assert not orphan.exists()
    assert not abandoned.exists()
    assert files.sweep(datetime.now(UTC), older_than=timedelta(0)) == 1


def test_more_orphans_than_one_batch_are_all_found(monkeypatch, officer, store):
    monkeypatch.setattr(files, "BATCH", 2)
    kept = attached(officer)
    orphans = {files.receive(upload("a.pdf", PDF)).storage_name for _ in range(7)}
    assert set(files.check_stored().orphans) == orphans
    assert files.sweep(datetime.now(UTC), older_than=timedelta(0)) == 7
    assert on_disk(store) == [store / kept.storage_name]


def test_an_empty_store_is_clean(db):
    assert files.sweep(datetime.now(UTC)) == 0
    assert files.check_stored() == files.StoreReport()
    assert files.check_stored().is_clean


def test_the_check_names_what_is_missing_changed_and_nobodys(officer, store):
    whole, missing, changed = (attached(officer) for _ in range(3))
    orphan = files.receive(upload("a.pdf", PDF))
    (store / missing.storage_name).unlink()
    path = store / changed.storage_name
    path.write_bytes(path.read_bytes().replace(b"1.4", b"1.5"))
    report = files.check_stored()
    assert report.missing == [missing.storage_name]
    assert report.changed == [changed.storage_name]
    assert report.orphans == [orphan.storage_name]
    assert not report.is_clean
    assert whole.storage_name not in report.missing + report.changed + report.orphans


# --- giving out -------------------------------------------------------------------------------------------------------


def test_a_file_is_given_out_as_a_download_under_its_own_name(officer):
    response = files.open_response(attached(officer, name="整改 情况“说明”.pdf"))
    kind, name = response["Content-Disposition"].split("; filename*=utf-8''")
    assert (kind, unquote(name)) == ("attachment", "整改 情况“说明”.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Length"] == str(len(PDF))
    assert b"".join(response.streaming_content) == PDF


@pytest.mark.parametrize("extension", filetypes.TYPES)
def test_only_pdf_and_photos_are_ever_shown_inline(officer, extension):
    stored = attached(officer, name=f"a.{extension}", content=good_content(extension))
    shown = files.open_response(stored, inline=True)["Content-Disposition"].startswith("inline")
    assert shown == (extension in {"pdf", "jpg", "jpeg", "png"})


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml"])
def test_an_active_type_is_never_inline_even_if_a_row_says_so(officer, content_type):
    stored = attached(officer)
    stored.content_type = content_type
    assert files.open_response(stored, inline=True)["Content-Disposition"].startswith("attachment")


def test_a_lost_file_is_not_found_and_noted_as_damage(officer, store, caplog):
    stored = attached(officer)
    (store / stored.storage_name).unlink()
    with pytest.raises(Http404):
        files.open_response(stored)
    assert stored.storage_name in caplog.text


@pytest.fixture
def owners(monkeypatch):
    monkeypatch.setattr(files, "_owners", {})


@pytest.mark.usefixtures("owners")
def test_who_sees_the_object_sees_its_files_and_nobody_else():
    files.register_owner("rectification_item", lambda user, subject_id: (user, subject_id) == ("unit 4", 17))
    mine = StoredFile(subject_kind="rectification_item", subject_id=17)
    other = StoredFile(subject_kind="rectification_item", subject_id=18)
    assert files.is_visible("unit 4", mine)
    assert not files.is_visible("unit 5", mine)
    assert not files.is_visible("unit 4", other)


@pytest.mark.usefixtures("owners")
def test_files_of_a_kind_that_nobody_registered_are_seen_by_nobody():
    assert not files.is_visible("anyone", StoredFile(subject_kind="unheard_of", subject_id=1))


@pytest.mark.usefixtures("owners")
def test_a_kind_has_one_rule():
    def rule(_user, _subject_id):
        return True

    files.register_owner("item", rule)
    files.register_owner("item", rule)  # ready() may run twice
    with pytest.raises(ImproperlyConfigured):
        files.register_owner("item", lambda _user, _subject_id: True)
