"""A photo keeps its picture and loses what it tells of the photographer."""

import io
import zlib

import pytest
from PIL import ExifTags, Image, ImageCms
from PIL.PngImagePlugin import PngInfo

from supervision.core import files, photos
from tests.core.uploads import bytes_of, code_of, good_content, photo, upload

pytestmark = pytest.mark.usefixtures("store")


@pytest.mark.parametrize(("extension", "file_format"), [("jpg", "JPEG"), ("png", "PNG")])
def test_place_and_camera_are_gone_from_a_photo(extension, file_format):
    content = photo(file_format)
    assert b"SecretCamera" in content
    received = files.receive(upload(f"现场.{extension}", content))
    kept = Image.open(io.BytesIO(bytes_of(received)))
    assert not kept.getexif()
    assert not kept.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    assert b"SecretCamera" not in bytes_of(received)
    assert b"Exif" not in bytes_of(received)
    assert (kept.format, kept.size) == (file_format, (60, 40))
    assert (received.width, received.height) == (60, 40)


@pytest.mark.parametrize(
    ("marker", "signature"),
    [
        (b"\xff\xfe", b""),
        (b"\xff\xe1", b"http://ns.adobe.com/xap/1.0/\x00"),
        (b"\xff\xed", b"Photoshop 3.0\x00"),
        (b"\xff\xea", b""),
    ],
    ids=["comment", "XMP", "IPTC", "unknown"],
)
def test_no_other_note_in_a_photo_survives_either(marker, signature):
    note = b"37.87N 112.55E"
    segment = marker + (len(signature + note) + 2).to_bytes(2, "big") + signature + note
    content = photo()
    assert note not in bytes_of(files.receive(upload("a.jpg", content[:2] + segment + content[2:])))


def test_no_text_of_a_png_survives():
    notes = PngInfo()
    notes.add_text("Location", "37.87N 112.55E")
    notes.add_itxt("XML:com.adobe.xmp", "37.87N 112.55E")
    memory = io.BytesIO()
    Image.new("RGBA", (8, 8), (1, 2, 3, 4)).save(memory, "PNG", pnginfo=notes)
    kept = bytes_of(files.receive(upload("a.png", memory.getvalue())))
    assert b"112.55E" not in kept
    assert Image.open(io.BytesIO(kept)).getpixel((0, 0)) == (1, 2, 3, 4)  # still see-through


def test_what_hangs_behind_a_photo_is_cut_off():
    assert b"<script>" not in bytes_of(files.receive(upload("a.jpg", photo() + b"<script>alert(1)</script>")))


@pytest.mark.parametrize(
    ("orientation", "size", "corner"),
    [
        (1, (60, 40), (0, 0)),
        (2, (60, 40), (1, 0)),
        (3, (60, 40), (1, 1)),
        (4, (60, 40), (0, 1)),
        (5, (40, 60), (0, 0)),
        (6, (40, 60), (1, 0)),
        (7, (40, 60), (1, 1)),
        (8, (40, 60), (0, 1)),
    ],
)
def test_a_photo_stands_upright_however_the_camera_was_held(orientation, size, corner):
    received = files.receive(upload("a.jpg", photo(orientation=orientation)))
    kept = Image.open(io.BytesIO(bytes_of(received)))
    assert kept.size == (received.width, received.height) == size
    red = [(x, y) for x in (0, 1) for y in (0, 1) if kept.getpixel((x * (size[0] - 1), y * (size[1] - 1)))[1] < 100]
    assert red == [corner]


@pytest.mark.parametrize("quality", [35, 95])
@pytest.mark.parametrize("orientation", [1, 6])
def test_a_photo_keeps_the_quality_of_its_camera(quality, orientation):
    content = photo(quality=quality, subsampling=0, orientation=orientation)
    kept = Image.open(io.BytesIO(bytes_of(files.receive(upload("a.jpg", content)))))
    assert kept.quantization == Image.open(io.BytesIO(content)).quantization


def test_grey_and_printers_photos_are_taken_too():
    for mode in ("L", "CMYK"):
        memory = io.BytesIO()
        Image.new(mode, (8, 8)).save(memory, "JPEG")
        assert Image.open(io.BytesIO(bytes_of(files.receive(upload("a.jpg", memory.getvalue()))))).mode == mode


def test_a_colour_profile_stays():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    received = files.receive(upload("a.jpg", photo(icc_profile=profile)))
    assert Image.open(io.BytesIO(bytes_of(received))).info["icc_profile"] == profile


def test_a_photo_of_too_many_pixels_is_refused_before_it_is_decoded(monkeypatch):
    content = bytearray(good_content("png"))
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("It was decoded."))
    header = content.index(b"IHDR") + 4
    for width, height in [(10_000, 6_000), (60_000, 60_000)]:  # the second one is too much even for Pillow
        content[header : header + 8] = width.to_bytes(4, "big") + height.to_bytes(4, "big")
        content[header + 13 : header + 17] = zlib.crc32(content[header - 4 : header + 13]).to_bytes(4, "big")
        assert code_of("a.png", bytes(content)) == "pixels"


def test_tables_that_no_encoder_takes_are_a_broken_photo_not_a_crash(monkeypatch):
    monkeypatch.setattr(photos, "_manner_of", lambda _photo: {"qtables": {}})
    assert code_of("a.jpg", photo()) == "photo"
