"""What goes over the wire: JSON and multipart in, JSON out, nothing negotiated."""

from __future__ import annotations

import io
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser, MultiPartParser

from api.problems import InvalidInput

MOST_BYTES = 2_621_440  # of a JSON body; files come as multipart
DATA_PART = "data"  # the part of a multipart body that holds JSON


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class AlwaysJson(BaseContentNegotiation):
    """The API speaks JSON whatever the client says it accepts."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == media_type), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class JsonObjectParser(JSONParser):
    """A JSON object of a bounded size."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> dict[str, Any]:
        read = stream.read(MOST_BYTES + 1)
        if len(read) > MOST_BYTES:
            raise TooLarge(_("内容太大。"))
        return object_in(read, parser_context)


def object_in(read: bytes, parser_context: Any = None) -> dict[str, Any]:
    """The JSON object in these bytes. Raises ParseError for whatever is none."""
    try:
        found = JSONParser().parse(io.BytesIO(read), None, parser_context or {})
        _names_can_be_written(found)
    except RecursionError:
        raise exceptions.ParseError(_("JSON嵌套太深。")) from None
    if not isinstance(found, dict):
        raise exceptions.ParseError(_("须为一个JSON对象。"))
    return found


def _names_can_be_written(value: Any) -> None:
    """Raises ParseError where a name at any depth holds half a character: no answer could repeat it."""
    if isinstance(value, list):
        for each in value:
            _names_can_be_written(each)
    elif isinstance(value, dict):
        try:
            "".join(value).encode()
        except UnicodeEncodeError:
            raise exceptions.ParseError(_("字段名含有无法读取的字符。")) from None
        for each in value.values():
            _names_can_be_written(each)


class FormParser(MultiPartParser):
    """multipart/form-data: files under their fields' names, the rest as JSON in the part `data` or field by field."""


def fields_of(data: Any) -> dict[str, Any]:
    """What was sent beside the files: the JSON object, or the fields of a multipart body."""
    if not isinstance(data, QueryDict):
        return dict(data)
    fields = {name: data.getlist(name) for name in data}
    given: dict[str, Any] = {name: values if len(values) > 1 else values[0] for name, values in fields.items()}
    if isinstance(text := given.pop(DATA_PART, None), str):
        given |= object_in(text.encode(errors="replace"))
    return {name: value for name, value in given.items() if not hasattr(value, "read") and not _has_files(value)}


def _has_files(value: Any) -> bool:
    return isinstance(value, list) and any(hasattr(each, "read") for each in value)


def as_typed(given: Mapping[str, Any], formsets: tuple[str, ...] = ()) -> QueryDict:
    """The fields as a browser would send them, so that the pages' own forms judge them.

    true is a ticked box, false and null are none; a list of texts or numbers is a multiple choice; a list of objects
    under the name of a formset are its rows. Raises InvalidInput for what no form field can hold.
    """
    typed = QueryDict(mutable=True)
    for name in formsets:
        _put_rows(typed, name, given.get(name) or [])
    for name, value in given.items():
        if name not in formsets:
            _put(typed, name, value)
    return typed


def _put_rows(typed: QueryDict, name: str, rows: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidInput({name: [_("须为对象的列表。")]})
    typed[f"{name}-TOTAL_FORMS"] = typed[f"{name}-INITIAL_FORMS"] = str(len(rows))
    for number, row in enumerate(rows):
        for field, value in row.items():
            _put(typed, f"{name}-{number}-{'DELETE' if field == 'remove' else field}", value)


def _put(typed: QueryDict, name: str, value: Any) -> None:
    values = value if isinstance(value, list) else [value]
    texts = [text for each in values if (text := _text(name, each)) is not None]
    if texts:
        typed.setlist(name, texts)


def _text(name: str, value: Any) -> str | None:
    if value is None or value is False:
        return None
    if value is True:
        return "1"
    if not isinstance(value, str | int | float):
        raise InvalidInput({name: [_("须为文字、数字或它们的列表。")]})
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput({name: [_("文字含有无法保存的字符。")]}) from None
    return text


def id_in(name: str, value: Any) -> int:
    """An object's id, or InvalidInput at the field."""
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit() and len(text) < 19):
        raise InvalidInput({name: [_("须为一个对象的编号。")]})
    return int(text)


def files_in(request: Any) -> MultiValueDict[str, Any]:
    """The files of a multipart body."""
    found: MultiValueDict[str, Any] = request.FILES
    return found
