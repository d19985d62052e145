"""Which files may be uploaded, and whether the content is what the name says (standards/security.md, uploads).

An allow-list of what the offices send each other. Left out on purpose: active types (HTML, SVG, scripts, documents with
macros), archives (what is inside escapes the check; each piece of evidence is to be seen by itself) and picture formats
that a browser of the offices may not show. Nothing is ever unpacked to disk; a zip's directory is judged before any of
its members is read.
"""

from __future__ import annotations

import codecs
import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import filetype
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MIB = 1024 * 1024
CHUNK = 256 * 1024
HEAD = 8 * 1024
UNPACKED_MAX = 300 * MIB  # of all members together
RATIO_MAX = 200  # unpacked : packed; office documents stay below 60
RATIO_FROM = 20 * MIB  # a small document may be all blanks
DIRECTORY_MAX = 2 * MIB  # bytes; the reader builds one object per entry, so this bounds its memory
END_RECORD = struct.Struct("<4s4H2LH")
ZIP64_LOCATOR = b"PK\x06\x07"
PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # all that OOXML and OFD allow; the others unpack without bound
BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, EOFError,
    ValueError, KeyError, IndexError, OverflowError,
)  # fmt: skip
MACROS = re.compile(r"(^|/)vba(project|data)[^/]*$|(^|/)macrosheets/|(^|/)activex/", re.IGNORECASE)
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f]")

WRONG_TYPE = _("“%(name)s”的类型不能上传，请改用 PDF、OFD、Word、Excel、PPT、WPS、TXT、CSV、JPG 或 PNG。")
WITH_MACROS = _("“%(name)s”含有宏或控件，请另存为不含宏的文件后再上传。")
ARCHIVE = _("“%(name)s”是压缩包，请解压后逐个上传。")
ODD_PICTURE = _("“%(name)s”的图片格式不便查看，请另存为 JPG 或 PNG（扫描件可存为 PDF）后再上传。")
NOT_AS_NAMED = _("“%(name)s”的内容与扩展名 .%(extension)s 不符或已损坏，请用原程序打开并另存为该格式后再上传。")
LOCKED = _("“%(name)s”设有打开密码，无法核对内容，请去掉密码后再上传。")
UNPACKS_TOO_LARGE = _("“%(name)s”解压后过大，请重新导出或拆分后再上传。")

MENDS: dict[str, _StrPromise] = {
    **dict.fromkeys(["docm", "dotm", "xlsm", "xltm", "xlam", "xlsb", "pptm", "potm", "ppsm"], WITH_MACROS),
    **dict.fromkeys(["zip", "rar", "7z", "tar", "gz", "bz2", "xz"], ARCHIVE),
    **dict.fromkeys(["webp", "heic", "heif", "gif", "bmp", "tif", "tiff", "avif"], ODD_PICTURE),
}


class FileRefused(ValidationError):  # noqa: N818  (a refusal is an answer, not an error)
    """An upload that is not taken. The sentence names the file and the mend; a form shows it as it stands."""


def refused(sentence: str | _StrPromise, code: str, name: str, **params: object) -> FileRefused:
    """The refusal of the file `name`."""
    return FileRefused(sentence, code=code, params={"name": name, **params})


@dataclass(frozen=True, slots=True)
class FileType:
    """One allowed type: its extension, the type it is served as, and the look into its content."""

    extension: str
    content_type: str
    look: Callable[[BinaryIO, FileType, str], None]  # raises FileRefused
    marker: bytes = b""
    is_photo: bool = False
    may_show_inline: bool = False  # only what a browser shows without running anything

    def mismatch(self, name: str) -> FileRefused:
        """The refusal of a file that is not what its name says."""
        return refused(NOT_AS_NAMED, "content", name, extension=self.extension)


def clean_name(name: str) -> str:
    """The name as people know it, at most 255 characters, without folders and invisible signs.

    Invisible signs can turn the end of a name round: “ann\\u202efdp.exe” reads “annexe.pdf”.
    """
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs"}).strip(" .")
    stem, dot, extension = visible.rpartition(".")
    return f"{stem[: 254 - len(extension)]}{dot}{extension}" if dot and len(extension) < 16 else visible[:255]


def look_into(file: BinaryIO, name: str) -> FileType:
    """The type of the file, after its content was looked into. Raises FileRefused. Leaves the position anywhere."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    file_type = TYPES.get(extension)
    if file_type is None:
        raise refused(MENDS.get(extension, WRONG_TYPE), "type", name)
    file_type.look(file, file_type, name)
    return file_type


def _look_by_signature(file: BinaryIO, file_type: FileType, name: str) -> None:
    """PDF and photos: the signature. A photo is then decoded and written anew (core/photos.py)."""
    if filetype.guess_mime(_head(file)) != file_type.content_type:
        raise file_type.mismatch(name)


def _look_as_text(file: BinaryIO, file_type: FileType, name: str) -> None:
    """Text in UTF-8, in GB 18030 (what Excel in China writes as CSV) or in UTF-16 with its mark, without controls."""
    marked = _head(file).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if not any(_decodes(file, encoding) for encoding in (["utf-16"] if marked else ["utf-8", "gb18030"])):
        raise file_type.mismatch(name)


def _look_into_ole(file: BinaryIO, file_type: FileType, name: str) -> None:
    """Word, Excel, PowerPoint 97 to 2003 and WPS: the stream of that program is there, and no macro project."""
    if not _head(file).startswith(OLE_MAGIC):
        raise file_type.mismatch(name)
    found = _streams_in(file)
    if "EncryptedPackage" in found:
        raise refused(LOCKED, "locked", name)
    if "_VBA_PROJECT" in found:
        raise refused(WITH_MACROS, "macros", name)
    if not found & OLE_STREAMS[file_type.extension]:
        raise file_type.mismatch(name)


def _look_into_ooxml(file: BinaryIO, file_type: FileType, name: str) -> None:
    """docx, xlsx, pptx: the main part named in [Content_Types].xml is that program's, and without macros."""
    if _head(file).startswith(OLE_MAGIC) and "EncryptedPackage" in _streams_in(file):
        raise refused(LOCKED, "locked", name)
    try:
        with _judged_zip(file, file_type, name) as archive, archive.open("[Content_Types].xml") as part:
            types = part.read(MIB)
    except BROKEN_ZIP:
        raise file_type.mismatch(name) from None
    if b"macroenabled" in types.lower():
        raise refused(WITH_MACROS, "macros", name)
    if file_type.marker not in types:
        raise file_type.mismatch(name)


def _look_into_ofd(file: BinaryIO, file_type: FileType, name: str) -> None:
    """OFD (GB/T 33190), the offices' own fixed layout: a zip with OFD.xml at its root."""
    try:
        with _judged_zip(file, file_type, name) as archive:
            archive.getinfo("OFD.xml")
    except BROKEN_ZIP:
        raise file_type.mismatch(name) from None


def _judged_zip(file: BinaryIO, file_type: FileType, name: str) -> zipfile.ZipFile:
    """The archive, opened after its directory was judged; no member has been read yet."""
    if not _head(file).startswith(b"PK\x03\x04") or not _has_modest_directory(file):
        raise file_type.mismatch(name)
    file.seek(0)
    archive = zipfile.ZipFile(file)
    members = archive.infolist()
    if len({member.filename.lower() for member in members}) < len(members):  # two readers would see two documents
        raise file_type.mismatch(name)
    if any(member.flag_bits & 0x1 for member in members):
        raise refused(LOCKED, "locked", name)
    if any(MACROS.search(member.filename.replace("\\", "/")) for member in members):
        raise refused(WITH_MACROS, "macros", name)
    if any(member.compress_type not in PACKINGS for member in members) or _unpacks_too_large(members):
        raise refused(UNPACKS_TOO_LARGE, "bomb", name)
    return archive


def _has_modest_directory(file: BinaryIO) -> bool:
    """Whether the last bytes are a plain end record (no comment, no zip64) of a directory of reasonable size.

    Office programs write nothing else; anything cleverer could show the reader another directory than this one.
    """
    size = file.seek(0, 2)
    tail_size = min(size, END_RECORD.size + 20)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    if len(tail) < END_RECORD.size or tail.startswith(ZIP64_LOCATOR):
        return False
    magic, *_disks, directory_size, _offset, comment = END_RECORD.unpack(tail[-END_RECORD.size :])
    return bool(magic == b"PK\x05\x06" and comment == 0 and directory_size <= DIRECTORY_MAX)


def _unpacks_too_large(members: list[zipfile.ZipInfo]) -> bool:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    return unpacked > UNPACKED_MAX or (unpacked > RATIO_FROM and unpacked > RATIO_MAX * packed)


def _streams_in(file: BinaryIO) -> set[str]:
    """Which of the streams we ask about an OLE file names. By search, not by its chains, which may lie or loop."""
    found: set[str] = set()
    carry = b""
    for chunk in _chunks(file):
        window = carry + chunk
        found.update(stream for stream, mark in OLE_MARKS.items() if stream not in found and mark in window)
        carry = window[-64:]
    return found


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        if any(CONTROLS.search(decoder.decode(chunk)) for chunk in _chunks(file)):
            return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _head(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(HEAD)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while chunk := file.read(CHUNK):
        yield chunk


OLE_STREAMS = {
    **dict.fromkeys(["doc", "wps"], frozenset({"WordDocument"})),
    **dict.fromkeys(["xls", "et"], frozenset({"Workbook", "Book"})),
    **dict.fromkeys(["ppt", "dps"], frozenset({"PowerPoint Document"})),
}
OLE_MARKS = {
    stream: stream.encode("utf-16-le") + b"\0\0"
    for stream in ("WordDocument", "Workbook", "Book", "PowerPoint Document", "EncryptedPackage", "_VBA_PROJECT")
}
OOXML = "application/vnd.openxmlformats-officedocument."
TYPES = {
    each.extension: each
    for each in (
        FileType("pdf", "application/pdf", _look_by_signature, may_show_inline=True),
        FileType("jpg", "image/jpeg", _look_by_signature, is_photo=True, may_show_inline=True),
        FileType("jpeg", "image/jpeg", _look_by_signature, is_photo=True, may_show_inline=True),
        FileType("png", "image/png", _look_by_signature, is_photo=True, may_show_inline=True),
        FileType("ofd", "application/ofd", _look_into_ofd),
        FileType("docx", f"{OOXML}wordprocessingml.document", _look_into_ooxml, b"wordprocessingml.document.main+xml"),
        FileType("xlsx", f"{OOXML}spreadsheetml.sheet", _look_into_ooxml, b"spreadsheetml.sheet.main+xml"),
        FileType(
            "pptx", f"{OOXML}presentationml.presentation", _look_into_ooxml, b"presentationml.presentation.main+xml"
        ),
        FileType("doc", "application/msword", _look_into_ole),
        FileType("xls", "application/vnd.ms-excel", _look_into_ole),
        FileType("ppt", "application/vnd.ms-powerpoint", _look_into_ole),
        FileType("wps", "application/wps-office.wps", _look_into_ole),
        FileType("et", "application/wps-office.et", _look_into_ole),
        FileType("dps", "application/wps-office.dps", _look_into_ole),
        FileType("txt", "text/plain", _look_as_text),
        FileType("csv", "text/csv", _look_as_text),
    )
}
INLINE_TYPES = frozenset(each.content_type for each in TYPES.values() if each.may_show_inline)
PHOTO_TYPES = frozenset(each.content_type for each in TYPES.values() if each.is_photo)
ACCEPT = ",".join(f".{extension}" for extension in TYPES)  # for the file field: <input accept="…">
