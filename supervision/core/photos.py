"""Photos without what they tell about the photographer: place, device, time and comments are removed.

A photo is decoded, turned upright and written anew with its own compression tables, so that it looks the same and holds
pixels and a colour profile alone. Stripping marker by marker would keep what we do not know of.
"""

from __future__ import annotations

import struct
import zlib
from typing import IO, Any, BinaryIO, NamedTuple

from django.utils.translation import gettext_lazy as _
from PIL import Image, JpegImagePlugin

from supervision.core.filetypes import FileType, refused

MEGAPIXELS = 52  # what phones call 50; 4 bytes a pixel while it is decoded
ORIENTATION = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
BROKEN = (OSError, SyntaxError, ValueError, struct.error, zlib.error, EOFError, IndexError, KeyError, TypeError)
TOO_MANY_PIXELS = _("“%(name)s”超过 %(limit)d 百万像素，请缩小后再上传。")
UNREADABLE = _("“%(name)s”不是完整的图片，请重新拍摄或另存后再上传。")


class Pixels(NamedTuple):
    """Width and height of the upright photo."""

    width: int
    height: int


def write_clean(source: BinaryIO, sink: IO[bytes], file_type: FileType, name: str) -> Pixels:
    """Write the photo to `sink`, upright and without metadata. Raises FileRefused, or what `sink` raises."""
    photo, how = _decoded(source, file_type, name)
    try:
        photo.save(sink, **how)
    except (ValueError, SystemError, struct.error):  # tables that no encoder takes
        raise refused(UNREADABLE, "photo", name) from None
    return Pixels(*photo.size)


def _decoded(source: BinaryIO, file_type: FileType, name: str) -> tuple[Image.Image, dict[str, Any]]:
    """The upright pixels, and how to write them. The size is judged from the header, before anything is decoded."""
    file_format = "PNG" if file_type.content_type == "image/png" else "JPEG"
    try:
        source.seek(0)
        photo: Image.Image = Image.open(source, formats=[file_format])
        if photo.width * photo.height > MEGAPIXELS * 1_000_000:
            raise refused(TOO_MANY_PIXELS, "pixels", name, limit=MEGAPIXELS)
        photo.load()
        how = {"format": file_format, **_manner_of(photo)}
        turn = UPRIGHT.get(_orientation(photo))
        upright = photo if turn is None else photo.transpose(turn)
    except Image.DecompressionBombError:
        raise refused(TOO_MANY_PIXELS, "pixels", name, limit=MEGAPIXELS) from None
    except BROKEN:
        raise refused(UNREADABLE, "photo", name) from None
    # Some encoders write what they find here: keep what belongs to the colours.
    upright.info = {key: value for key, value in upright.info.items() if key == "transparency"}
    return upright, how


def _manner_of(photo: Image.Image) -> dict[str, Any]:
    """How to write the photo so that its quality stays: the camera's own tables, not a quality of ours."""
    profile = photo.info.get("icc_profile")
    manner: dict[str, Any] = {"icc_profile": profile} if profile else {}
    if isinstance(photo, JpegImagePlugin.JpegImageFile):
        manner["progressive"] = bool(photo.info.get("progressive"))
        manner["subsampling"] = JpegImagePlugin.get_sampling(photo)
        tables = photo.quantization
        if all(step <= 255 for table in tables.values() for step in table):
            manner["qtables"] = tables
        else:
            manner["quality"] = 95  # a 12-bit table, which the encoder does not take
    return manner


def _orientation(photo: Image.Image) -> int:
    """How the camera was held, 1 to 8; 1 when the note is missing or broken."""
    try:
        value = photo.getexif().get(ORIENTATION, 1)
    except BROKEN:
        return 1
    return value if isinstance(value, int) else 1


def write_small(source: BinaryIO, sink: IO[bytes], edge: int) -> None:
    """Write a stored photo as a JPEG of at most `edge` pixels a side. Raises what Pillow raises for a broken one."""
    photo = Image.open(source, formats=["PNG", "JPEG"])
    photo.draft("RGB", (edge, edge))  # a JPEG is decoded no larger than is needed
    photo.thumbnail((edge, edge))
    photo.convert("RGB").save(sink, "JPEG", quality=80)
