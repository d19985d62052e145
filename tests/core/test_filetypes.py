"""Which files are refused, and with what sentence; a bomb is refused from its directory alone."""

import contextlib
import io
import tracemalloc
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supervision.core import files, filetypes
from supervision.core.files import FileRefused
from tests.core.uploads import (
    MAIN_PARTS,
    OOXML,
    PDF,
    code_of,
    good_content,
    office,
    ole,
    refusal_of,
    upload,
    zipped,
)

pytestmark = pytest.mark.usefixtures("store")


# --- refused: the type ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["a.html", "a.svg", "a.js", "a.exe", "a.mht", "a.xml", "a.lnk", "a", ".pdf", "a.pdf.exe", "a.", "pdf"]
)
def test_a_type_that_is_not_on_the_list_is_refused_whatever_is_in_it(name):
    sentence = refusal_of(name, PDF)
    assert filetypes.clean_name(name) in sentence
    assert "PDF" in sentence


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("台账.xlsm", "另存为不含宏的文件"),
        ("方案.docm", "另存为不含宏的文件"),
        ("材料.zip", "解压后逐个上传"),
        ("材料.rar", "解压后逐个上传"),
        ("照片.heic", "另存为 JPG 或 PNG"),
        ("照片.webp", "另存为 JPG 或 PNG"),
    ],
)
def test_a_common_wrong_type_is_refused_with_its_own_mend(name, mend):
    sentence = refusal_of(name, b"whatever")
    assert f"“{name}”" in sentence
    assert mend in sentence


def test_an_empty_and_a_too_large_file_are_refused_before_anything_is_read(settings):
    assert code_of("a.pdf", b"") == "empty"
    assert code_of("a.pdf", PDF + bytes(settings.UPLOAD_MAX_BYTES)) == "size"
    assert "1 MB" in refusal_of("a.pdf", PDF + bytes(settings.UPLOAD_MAX_BYTES))


def test_a_file_of_exactly_the_limit_is_taken(settings):
    assert files.receive(upload("a.pdf", PDF.ljust(settings.UPLOAD_MAX_BYTES, b" "))).size == settings.UPLOAD_MAX_BYTES


# --- refused: the content is not what the name says -------------------------------------------------------------------


@pytest.mark.parametrize("named", filetypes.TYPES)
@pytest.mark.parametrize("really", [*filetypes.TYPES, "html", "exe", "zip", "noise"])
def test_a_file_under_the_name_of_another_type_is_refused(named, really):
    other = {
        "html": b"<html><script>alert(1)</script></html>",
        "exe": b"MZ\x90\x00" + bytes(600),
        "zip": zipped({"a.txt": "a"}),
        "noise": bytes(range(256)) * 4,
    }
    content = other.get(really) or good_content(really)
    same_family = [{"jpg", "jpeg"}, {"txt", "csv"}, {"doc", "wps"}, {"xls", "et"}, {"ppt", "dps"}]
    is_plain_text = named in {"txt", "csv"} and really in {"html", "pdf"}  # text is text; it is served as text
    if named == really or {named, really} in same_family or is_plain_text:
        files.receive(upload(f"a.{named}", content))
    else:
        assert code_of(f"a.{named}", content) in {"content", "photo"}


def test_the_sentence_of_a_mismatch_names_the_file_and_the_mend():
    sentence = refusal_of("问题清单.xlsx", office("docx"))
    assert sentence == "“问题清单.xlsx”的内容与扩展名 .xlsx 不符或已损坏，请用原程序打开并另存为该格式后再上传。"


@pytest.mark.parametrize("extension", ["docx", "xlsx", "pptx", "ofd", "jpg", "png"])  # the others carry no end mark
@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_document_that_was_cut_off_in_transfer_is_not_taken_for_whole(extension, kept):
    content = good_content(extension)
    assert code_of(f"a.{extension}", content[: int(len(content) * kept)]) in {"content", "photo"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_text_is_taken_in_the_encodings_the_offices_use(encoding):
    text = "序号,问题,整改措施\r\n" + "1,台账不全,补齐\r\n" * 20_000
    assert len(text.encode(encoding)) > filetypes.CHUNK  # so that characters fall across the cut between two pieces
    for shift in ("", "a", "ab"):
        files.receive(upload("台账.csv", (shift + text).encode(encoding)))


@pytest.mark.parametrize("content", [b"abc\x00def", b"\x1b[31mred", b"\xff\xfea", b"\xd6\xd0\xff\xff"])
def test_what_is_no_text_is_not_taken_as_text(content):
    assert code_of("a.txt", content) == "content"


def office_with(members=None, packing=zipfile.ZIP_DEFLATED) -> bytes:
    return zipped({"[Content_Types].xml": MAIN_PARTS["docx"], "word/document.xml": "<a/>", **(members or {})}, packing)


@pytest.mark.parametrize(
    "member",
    [
        "word/vbaProject.bin",
        "word/VBAPROJECT.BIN",
        "xl\\vbaProject.bin",
        "xl/macrosheets/sheet1.xml",
        "word/activeX/a.bin",
    ],
)
def test_macros_inside_a_document_are_refused(member):
    assert code_of("a.docx", office_with({member: b"x"})) == "macros"


def test_a_macro_document_under_a_plain_name_is_refused():
    types = "application/vnd.ms-word.document.macroEnabled.main+xml"
    assert code_of("a.docx", office("docx", main_part=types)) == "macros"
    assert code_of("a.docx", office("docx", main_part=f"{types} {MAIN_PARTS['docx']}")) == "macros"


def test_macros_in_an_old_document_are_refused():
    assert code_of("a.doc", ole("WordDocument", "Macros", "_VBA_PROJECT")) == "macros"


@pytest.mark.parametrize("before_the_cut", [1, 9, 23])
def test_macros_are_found_where_two_pieces_meet(before_the_cut):
    content = ole("WordDocument").ljust(filetypes.CHUNK - before_the_cut, b"\0")
    assert code_of("a.doc", content + ole("_VBA_PROJECT")[1024:]) == "macros"


def test_a_document_with_a_password_is_refused_with_its_mend():
    assert code_of("a.docx", ole("EncryptedPackage", "EncryptionInfo")) == "locked"
    assert "去掉密码" in refusal_of("a.xls", ole("EncryptedPackage"))


def test_an_encrypted_member_is_refused():
    content = bytearray(office("docx"))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1  # the flag of the last entry in the directory
    assert code_of("a.docx", bytes(content)) == "locked"


def test_a_template_is_no_document():
    assert code_of("a.docx", office("docx", main_part=f"{OOXML}wordprocessingml.template.main+xml")) == "content"


# --- refused: bombs ---------------------------------------------------------------------------------------------------


def claiming(unpacked: int, packed: int) -> bytes:
    """A document whose directory says this of the size of its last member."""
    changed = bytearray(office("docx"))
    entry = changed.rindex(b"PK\x01\x02")
    changed[entry + 20 : entry + 28] = packed.to_bytes(4, "little") + unpacked.to_bytes(4, "little")
    return bytes(changed)


@pytest.fixture
def nothing_unpacked(monkeypatch):
    plain = zipfile.ZipFile.open

    def watched(archive, member, mode="r", *rest, **named):
        assert mode == "w", "A member was opened."
        return plain(archive, member, mode, *rest, **named)

    monkeypatch.setattr(zipfile.ZipFile, "open", watched)


@pytest.mark.usefixtures("nothing_unpacked")
@pytest.mark.parametrize(
    ("unpacked", "packed"),
    [
        (filetypes.UNPACKED_MAX + 1, filetypes.UNPACKED_MAX),  # large, however honestly packed
        (filetypes.RATIO_FROM + filetypes.MIB, 1_000),  # packed beyond what office programs reach
        (0xFFFFFFFE, 0xFFFFFFFE),
    ],
)
def test_a_bomb_is_refused_from_its_directory_alone(unpacked, packed):
    assert code_of("a.docx", claiming(unpacked, packed)) == "bomb"


@pytest.mark.parametrize(
    ("unpacked", "packed"),
    [(filetypes.UNPACKED_MAX - filetypes.MIB, 40 * filetypes.MIB), (filetypes.RATIO_FROM // 2, 9)],
)
def test_a_large_but_honest_document_is_no_bomb(unpacked, packed):
    files.receive(upload("a.docx", claiming(unpacked, packed)))


@pytest.mark.usefixtures("nothing_unpacked")
def test_a_real_bomb_is_refused_before_unpacking_within_little_memory():
    bomb = office_with({"word/media/zeros.bin": bytes(150 * 1024 * 1024)})
    assert len(bomb) < 1024 * 1024
    tracemalloc.start()
    code = code_of("a.docx", bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code == "bomb"
    assert peak < 4 * 1024 * 1024


def test_many_members_count_together():
    part = bytes(2 * 1024 * 1024)
    assert code_of("a.docx", office_with({f"word/media/{i}.bin": part for i in range(20)})) == "bomb"


@pytest.mark.usefixtures("nothing_unpacked")
def test_a_packing_that_unpacks_without_bound_is_refused():
    assert code_of("a.docx", office_with(packing=zipfile.ZIP_BZIP2)) == "bomb"
    assert code_of("a.docx", office_with(packing=zipfile.ZIP_LZMA)) == "bomb"


@pytest.mark.usefixtures("nothing_unpacked")
def test_a_directory_of_countless_entries_is_refused_before_it_is_read(settings, monkeypatch):
    settings.UPLOAD_MAX_BYTES = 64 * 1024 * 1024
    monkeypatch.setattr(zipfile.ZipFile, "infolist", lambda _self: pytest.fail("The directory was read."))
    assert code_of("a.docx", office_with({f"word/{i:0200}": b"" for i in range(9_000)})) == "content"


@pytest.mark.usefixtures("nothing_unpacked")
@pytest.mark.parametrize(
    "trick",
    [
        lambda content: content + b"trailing",  # the end record is not at the end
        lambda content: content[:-2] + b"\x04\x00" + b"abcd",  # a comment, in which another end record may hide
        lambda content: content[:-2] + b"\x04\x00",  # a comment that is not there
        lambda content: b"<html>" + content,  # another type in front
    ],
)
def test_a_zip_that_two_readers_may_read_differently_is_refused(trick):
    assert code_of("a.docx", trick(office("docx"))) == "content"


def test_a_second_directory_beside_the_plain_one_is_refused(monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 0)  # so that the zip64 records are written too
    content = office("docx")
    assert filetypes.ZIP64_LOCATOR in content
    assert code_of("a.docx", content) == "content"


def test_two_members_of_one_name_are_refused():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        for name in ("[Content_Types].xml", "[content_types].XML"):
            archive.writestr(name, MAIN_PARTS["docx"])
    assert code_of("a.docx", memory.getvalue()) == "content"


@pytest.mark.filterwarnings("ignore::UserWarning")  # what Pillow says of broken EXIF
@pytest.mark.parametrize("extension", ["docx", "ofd", "doc", "jpg", "png", "pdf", "csv"])
@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_taken_or_refused_but_never_crashes(extension, data):
    content = bytearray(good_content(extension))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(FileRefused):
        files.receive(upload(f"a.{extension}", bytes(content)))
