"""Translations: which texts the code and templates hold, and whether the English catalogue has them all.

Texts are written in Chinese in the source; `locale/en` holds their English, `locale/zh_Hans` is empty but valid.
Babel (a development dependency) finds the texts; compiling needs polib alone, since gettext may be missing.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

APPS = ("accounts", "supervision", "feedback", "rectification", "api")
TARGET = "en"
PLURALS = {"en": "nplurals=2; plural=(n != 1);", "zh_Hans": "nplurals=1; plural=0;"}
_ONE, _MANY, _IN_CONTEXT, _MANY_IN_CONTEXT = (1,), (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    "_": _ONE,
    "gettext": _ONE,
    "gettext_lazy": _ONE,
    "gettext_noop": _ONE,
    "ngettext": _MANY,
    "ngettext_lazy": _MANY,
    "pgettext": _IN_CONTEXT,
    "pgettext_lazy": _IN_CONTEXT,
    "npgettext": _MANY_IN_CONTEXT,
    "npgettext_lazy": _MANY_IN_CONTEXT,
}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|(?<!\{)\{\w*(?::[^{}]*)?\}(?!\})")


class Key(NamedTuple):
    """What tells one text from another."""

    context: str | None
    text: str


@dataclass
class Found:
    """A text as it stands in the source."""

    plural: str | None = None
    files: set[str] = field(default_factory=set)


def extract(root: Path) -> dict[Key, Found]:
    """Every translatable text of the apps and their templates, with the files it stands in."""
    texts: dict[Key, Found] = {}
    for path, python in _sources(root):
        for key, plural in _texts_of(python):
            found = texts.setdefault(key, Found())
            found.plural = found.plural or plural
            found.files.add(path.relative_to(root).as_posix())
    return texts


def _sources(root: Path) -> Iterator[tuple[Path, str]]:
    """Python files as they are, templates turned into calls that the same reader understands."""
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path, path.read_text()
    for folder in (root / "templates", *(root / app / "templates" for app in APPS)):
        for path in sorted(folder.rglob("*.html")) + sorted(folder.rglob("*.txt")):
            # Brackets around the whole: what templatize leaves between the calls has no valid indentation.
            yield path, f"(\n{templatize(path.read_text(), origin=str(path))}\n)"


def _texts_of(python: str) -> Iterator[tuple[Key, str | None]]:
    from babel.messages.extract import extract as babel_extract  # only whoever changes texts needs Babel

    source = io.BytesIO(python.encode())
    for _line, message, _comments, context in babel_extract("python", source, KEYWORDS, options={"encoding": "utf-8"}):
        text, plural = message if isinstance(message, tuple) else (message, None)
        if text:
            yield Key(context, text), plural


def path_of(root: Path, language: str) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read(path: Path) -> polib.POFile:
    """The catalogue as it stands, empty when there is none yet."""
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)


def merge(texts: dict[Key, Found], known: polib.POFile, language: str) -> polib.POFile:
    """A fresh catalogue: every text once, sorted, with the translation it had; whatever is gone is dropped."""
    had = {Key(entry.msgctxt, entry.msgid): entry for entry in known}
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    for key, found in sorted(texts.items(), key=lambda item: (sorted(item[1].files)[0], item[0].text)):
        fresh.append(_entry(key, found, had.get(key)))
    return fresh


def _entry(key: Key, found: Found, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgid=key.text, msgctxt=key.context, occurrences=[(name, "") for name in sorted(found.files)])
    if "%(" in key.text or "%s" in key.text:
        entry.flags.append("python-format")
    if old is not None and old.fuzzy:
        entry.flags.append("fuzzy")
    if found.plural:
        entry.msgid_plural = found.plural
        entry.msgstr_plural = (old.msgstr_plural if old else None) or {0: "", 1: ""}
    else:
        entry.msgstr = old.msgstr if old else ""
    return entry


def complaints(texts: dict[Key, Found], catalogue: polib.POFile) -> list[str]:
    """What keeps the catalogue from being complete, one sentence each; empty when nothing does."""
    entries = {Key(entry.msgctxt, entry.msgid): entry for entry in catalogue if not entry.obsolete}
    lines = [f"missing: {key.text!r} ({', '.join(sorted(texts[key].files))})" for key in texts if key not in entries]
    for key, entry in entries.items():
        if key not in texts:
            lines.append(f"obsolete: {key.text!r}")
        elif entry.fuzzy:
            lines.append(f"fuzzy: {key.text!r}")
        elif not entry.translated() or bool(entry.msgid_plural) != bool(texts[key].plural):
            lines.append(f"untranslated: {key.text!r}")
        elif strays := _strays(entry):
            lines.append(f"placeholders differ: {key.text!r}: {strays}")
    return sorted(lines)


def _strays(entry: polib.POEntry) -> str:
    """Placeholders that only one side has; a plural form may leave out what its sentence need not say."""
    ours = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
    if entry.msgid_plural:
        theirs = set().union(*(PLACEHOLDER.findall(text) for text in entry.msgstr_plural.values()))
    else:
        theirs = set(PLACEHOLDER.findall(entry.msgstr))
    return ", ".join(sorted(ours ^ theirs))


def compile_changed(root: Path) -> int:
    """Write the .mo of every .po that is newer; returns how many were written."""
    written = 0
    for source in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            written += 1
    return written
