"""Small files for the demo, made in code: real PDF, PNG and text, different every time, with nobody's data in them."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

A4 = (420, 594)  # pixels of a scan: enough to look like a sheet
PAPER, INK, SEAL = "white", (90, 90, 90), (200, 30, 30)


def pdf(name: str, lines: list[str]) -> SimpleUploadedFile:
    """One page with these lines, set in the reader's own Chinese font (nothing is embedded)."""
    text = "\n".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -24 Td" for line in lines)
    content = f"BT /F1 14 Tf 60 760 Td\n{text}\nET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> >>",
    ]
    body, offsets = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    body += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{body.index('xref')}\n%%EOF\n"
    return SimpleUploadedFile(name, body.encode("ascii"), "application/pdf")


def text(name: str, lines: list[str]) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "\r\n".join(lines).encode("utf-8"), "text/plain")


def scan(name: str, mark: int) -> SimpleUploadedFile:
    """A sheet with lines of writing, a signature and a round seal; `mark` makes it differ from every other."""
    sheet = Image.new("RGB", A4, PAPER)
    pen = ImageDraw.Draw(sheet)
    for row in range(12):
        length = 200 + (mark * 7919 + row * 104_729) % 160
        pen.line([(40, 80 + row * 28), (40 + length, 80 + row * 28)], fill=INK, width=3)
    pen.line([(220 + n * 16, 470 + ((mark >> n) & 1) * 22) for n in range(9)], fill=INK, width=3)
    pen.ellipse([(250, 410), (350, 510)], outline=SEAL, width=4)
    return _png(name, sheet)


def photo(name: str, mark: int) -> SimpleUploadedFile:
    """A plain scene: a wall, a board with notices, a floor; `mark` makes it differ from every other."""
    scene = Image.new("RGB", (480, 320), (228, 226, 218))
    pen = ImageDraw.Draw(scene)
    pen.rectangle([(0, 250), (480, 320)], fill=(150, 120, 90))
    pen.rectangle([(60, 40), (420, 210)], fill=(170, 40, 40))
    for n in range(10):
        left, top = 75 + (n % 5) * 68, 55 + (n // 5) * 76
        shade = 255 - (mark * 31 + n * 17) % 60
        pen.rectangle([(left, top), (left + 56, top + 64)], fill=(shade, shade, 240 - (mark + n) % 40))
    return _png(name, scene)


def _png(name: str, image: Image.Image) -> SimpleUploadedFile:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")
