"""CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

BOM = "\ufeff"  # without it a Chinese Excel guesses the wrong encoding
DANGEROUS = frozenset("=+-@\t\r＝＋－＠")


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
