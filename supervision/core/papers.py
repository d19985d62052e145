"""Freezing what is signed: canonical JSON and its SHA-256 (architecture, “frozen papers”).

Canonical means: one content, one text, byte for byte, on every machine.
* Keys are texts, sorted by code point; no blanks; UTF-8 with nothing escaped that need not be.
* Texts stand exactly as they were shown. They are **not** Unicode-normalised: NFC replaces the compatibility ideographs
  that some people's names are written with, and a paper must not rename its signer.
* Whole numbers only. A float has many spellings, so amounts and rates come as the text that was shown.
* Dates as 2021-09-17; moments with a zone as UTC, 2021-09-17T02:00:00Z.
* Anything else is refused, lazy translations among them: the caller decides the language of a paper, not the reader.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from supervision.core.models.paper import Paper
from supervision.core.subjects import Subject


class UnfitForPaper(TypeError):  # noqa: N818  (says what is wrong with the value)
    """A value that has no single canonical spelling; the message names its place. A fault of the caller's."""


def canonical(content: Mapping[str, Any]) -> str:
    """The one text of `content`. Raises UnfitForPaper, naming the place of the first value it cannot write."""
    plain = _plain(content, "content")
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def freeze(
    *, subject: Subject, kind: str, version: int, content: Mapping[str, Any], template_version: str, at: datetime
) -> Paper:
    """Keep `content` as version `version` of the subject's paper of this kind, for ever.

    Raises UnfitForPaper; IntegrityError when this version is frozen already.
    """
    text = canonical(content)
    return Paper.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.pk,
        kind=kind,
        version=version,
        template_version=template_version,
        content=text,
        sha256=_sum(text),
        frozen_at=at,
    )


def is_intact(paper: Paper) -> bool:
    """Whether the content is still what was frozen."""
    return _sum(paper.content) == paper.sha256


def _sum(text: str) -> str:
    # A row tampered with may hold what UTF-8 cannot: that is a changed sum, not a crash.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any, place: str) -> Any:
    """`value` made of None, bool, int, str, list and dict alone."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, date):
        return _moment(value, place) if isinstance(value, datetime) else value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key, place): _plain(each, f"{place}.{key}") for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, f"{place}[{index}]") for index, each in enumerate(value)]
    raise UnfitForPaper(f"{place}: a paper cannot hold a {type(value).__name__}; give the text that is shown.")


def _text(value: str, place: str) -> str:
    """A text that UTF-8 can hold; of a choice or a safe string JSON writes the characters alone."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UnfitForPaper(f"{place}: the text holds half a character (a lone surrogate).") from None
    return value


def _key(key: Any, place: str) -> str:
    if not isinstance(key, str):
        raise UnfitForPaper(f"{place}: the key {key!r} is not a text.")
    return _text(key, place)


def _moment(value: datetime, place: str) -> str:
    if value.utcoffset() is None:
        raise UnfitForPaper(f"{place}: the moment {value.isoformat()} has no time zone.")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
