"""Keyset pages: `?after=` and `?before=` a cursor, `?size=` up to 200, `?order=` one of the declared columns."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from api.problems import InvalidInput
from supervision.core.lists import PAGE_SIZE, Page, Sort, keyset_page

MOST = 200
PARAMETERS = ("order", "after", "before", "size")


class KeysetPagination(BasePagination):
    """The house's own keyset pages: any page costs what the first one costs, and nothing is counted."""

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> list[Any]:
        asked = request.query_params
        self.url = request.build_absolute_uri()
        cursors = {name: asked.get(name, "") for name in ("after", "before")}
        sort = _sort(asked.get("order") or view.orders[0], view.orders)
        self.page: Page = keyset_page(queryset, sort, size=_size(asked.get("size", "")), counts=False, **cursors)
        return self.page.rows

    def get_paginated_response(self, data: Any) -> Response:
        links = {"next": self._link("after", self.page.next), "previous": self._link("before", self.page.previous)}
        return Response({**links, "results": data})

    def _link(self, name: str, cursor: str) -> str | None:
        if not cursor:
            return None
        other = "before" if name == "after" else "after"
        return replace_query_param(remove_query_param(self.url, other), name, cursor)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": list(properties), "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = {each.removeprefix("-") for each in getattr(view, "orders", ())}
        orders = sorted([*names, *(f"-{name}" for name in names)])
        texts = {"after": "Cursor of `next`.", "before": "Cursor of `previous`."}
        found = [_parameter(name, {"type": "string"}, text) for name, text in texts.items()]
        found.append(_parameter("size", {"type": "integer", "minimum": 1, "maximum": MOST}, "Rows of a page."))
        found.append(_parameter("order", {"type": "string", "enum": orders}, "Order of the rows."))
        return found


def _parameter(name: str, schema: dict[str, Any], text: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": text}


def _size(text: str) -> int:
    if not text:
        return PAGE_SIZE
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MOST):
        raise InvalidInput({"size": [_("须为1到%(most)d的整数。") % {"most": MOST}]})
    return int(text)


def _sort(key: str, orders: tuple[str, ...]) -> Sort:
    column = key.removeprefix("-")
    if column not in {each.removeprefix("-") for each in orders}:
        raise InvalidInput({"order": [_("不能按这一列排序。")]})
    return Sort(column, descending=key.startswith("-"))
