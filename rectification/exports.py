"""Files that a spreadsheet opens without running anything: CSV line by line, and a workbook written row by row."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

import xlsxwriter

from supervision.enums import Light

BOM = "\ufeff"  # without it a Chinese Excel guesses the wrong encoding
DANGEROUS = frozenset("=+-@\t\r＝＋－＠")
CELL_LENGTH = 32_767  # what a cell of a workbook holds
A3 = 8  # paper, as workbooks number it
CELL = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#D9DEE5", "font_size": 10}


class _Line:
    """A file that keeps only the line just written."""

    text = ""

    def write(self, text: str) -> int:
        self.text = text
        return len(text)


def neutral(text: str) -> str:
    """A cell that would begin a formula (also in full width, also behind blanks) begins with an apostrophe instead."""
    begins = text.lstrip(" \u3000\n\v\f")[:1] or text[:1]
    return f"'{text}" if begins in DANGEROUS and begins else text


def csv_lines(heading: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    """The file line by line, so that an export of any size stays small in memory."""
    line = _Line()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    writer.writerow([neutral(str(each)) for each in heading])
    yield BOM + line.text
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
        yield line.text


@dataclass(frozen=True)
class Head:
    """A column of the workbook; `light`: its cells are coloured by the light that they begin with."""

    title: str
    width: int = 16
    is_light: bool = False


def workbook(heading: Sequence[Head], rows: Iterable[Iterable[str]], title: str) -> IO[bytes]:
    """The rows as an Excel file on disk, written row by row; texts only, so that nothing in it is ever a formula."""
    held = tempfile.TemporaryFile()  # noqa: SIM115  (the response closes it when the last byte has left)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, options) as book:
        sheet = book.add_worksheet(title[:31])
        _lay_out(book, sheet, heading)
        looks = {word: book.add_format({**CELL, **look}) for word, look in _light_looks().items()}
        plain = book.add_format(CELL)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate(row):
                look = looks.get(text.partition("：")[0], plain) if heading[column].is_light else plain
                sheet.write_string(number, column, neutral(text)[:CELL_LENGTH], look)
    held.seek(0)
    return held


def _light_looks() -> dict[str, dict[str, str]]:
    """The four lights and grey as in tokens.css, by their words."""
    colours = {
        Light.GREEN: ("#1A6338", "#E6F4EB"),
        Light.BLUE: ("#0B5394", "#E6F0FA"),
        Light.YELLOW: ("#6F4700", "#FFF3D1"),
        Light.RED: ("#9B1C1C", "#FDEAEA"),
        Light.GREY: ("#4A5663", "#EDF0F3"),
    }
    return {str(light.label): {"font_color": ink, "bg_color": ground} for light, (ink, ground) in colours.items()}


def _lay_out(book: Any, sheet: Any, heading: Sequence[Head]) -> None:
    """The head row that stays, widths by what a column holds, and A3 landscape with the head on every page."""
    bold = book.add_format({**CELL, "bold": True, "bg_color": "#EAEEF2", "valign": "vcenter"})
    for column, head in enumerate(heading):
        sheet.set_column(column, column, head.width)
        sheet.write_string(0, column, neutral(head.title), bold)
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
