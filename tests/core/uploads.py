"""Uploads as browsers send them, good and bad, for the tests of evidence files."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import ExifTags, Image

from supervision.core import files
from supervision.core.files import FileRefused

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
OOXML = "application/vnd.openxmlformats-officedocument."
MAIN_PARTS = {
    "docx": f"{OOXML}wordprocessingml.document.main+xml",
    "xlsx": f"{OOXML}spreadsheetml.sheet.main+xml",
    "pptx": f"{OOXML}presentationml.presentation.main+xml",
}
STREAMS = {
    "doc": "WordDocument",
    "wps": "WordDocument",
    "xls": "Workbook",
    "et": "Workbook",
    "ppt": "PowerPoint Document",
    "dps": "PowerPoint Document",
}


def upload(name, content, content_type="application/octet-stream"):
    return SimpleUploadedFile(name, content, content_type)


def zipped(members, packing=zipfile.ZIP_DEFLATED) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", packing) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return memory.getvalue()


def office(kind, main_part=None, **members) -> bytes:
    types = f'<Types><Override PartName="/main.xml" ContentType="{main_part or MAIN_PARTS[kind]}"/></Types>'
    return zipped({"[Content_Types].xml": types, "main.xml": "<a/>", **members})


def ole(*streams) -> bytes:
    entries = b"".join((stream.encode("utf-16-le") + b"\0\0").ljust(128, b"\0") for stream in streams)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + b"Root Entry".ljust(512, b"\0") + entries


def photo(file_format="JPEG", size=(60, 40), orientation=None, **how) -> bytes:
    picture = Image.new("RGB", size, "white")
    picture.paste("red", (0, 0, size[0] // 2, size[1] // 2))  # the upper left quarter, as the sensor sees it
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SecretCamera"
    if orientation:
        exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (37.0, 52.0, 12.0), 3: "E", 4: (112.0, 33.0, 0.0)})
    memory = io.BytesIO()
    picture.save(memory, file_format, exif=exif.tobytes(), **how)
    return memory.getvalue()


def good_content(extension) -> bytes:
    if extension in MAIN_PARTS:
        return office(extension)
    if extension in STREAMS:
        return ole(STREAMS[extension])
    return {
        "pdf": PDF,
        "ofd": zipped({"OFD.xml": "<ofd:OFD/>", "Doc_0/Document.xml": "<a/>"}),
        "jpg": photo(),
        "jpeg": photo(),
        "png": photo("PNG"),
        "txt": "整改情况说明\r\n".encode(),
        "csv": "序号,问题\r\n1,台账不全\r\n".encode("gb18030"),
    }[extension]


def bytes_of(received) -> bytes:
    return files._path(received.storage_name).read_bytes()


def on_disk(store) -> list[Path]:
    return sorted(path for path in store.rglob("*") if path.is_file()) if store.exists() else []


def refusal_of(name, content) -> str:
    """The one sentence of the refusal, after nothing was left on disk."""
    with pytest.raises(FileRefused) as refusal:
        files.receive(upload(name, content))
    assert on_disk(files._path("")) == []
    assert isinstance(refusal.value, ValidationError)
    (sentence,) = refusal.value.messages
    return sentence


def code_of(name, content) -> str:
    with pytest.raises(FileRefused) as refusal:
        files.receive(upload(name, content))
    assert on_disk(files._path("")) == []
    return refusal.value.code
