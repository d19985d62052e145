"""What all resources share: scope, one query a list, strict parameters, moves."""

from __future__ import annotations

from contextlib import AbstractContextManager
from functools import partial
from typing import Any, ClassVar, cast

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from accounts.models import User
from api import moves
from api.authentication import only_reads
from api.describing import MOVE_BODY, MoveForm
from api.idempotency import HEADER, once
from api.paging import PARAMETERS
from api.problems import InvalidInput
from api.versions import unchanged, with_etag


class StrictFilters(DjangoFilterBackend):
    """A parameter that no filter knows is refused, so that a misspelt one never finds everything."""

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        known = {*PARAMETERS, *(view.filterset_class.base_filters if view.filterset_class else ())}
        if set(request.query_params) - known:
            raise InvalidInput(
                {"__all__": [_("有不认识的查询参数。可用的有：%(names)s") % {"names": "、".join(sorted(known))}]}
            )
        return super().filter_queryset(request, queryset, view)


class Listing(ListModelMixin, GenericViewSet[Any]):
    """A list of what the person may see. A POST that names an idempotency key is answered once."""

    lookup_value_converter = "int"
    filter_backends = (StrictFilters,)
    filterset_class: Any = None
    orders: ClassVar[tuple[str, ...]] = ("id",)
    detail_class: ClassVar[Any] = None

    request: Any

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and HEADER in request.headers and hasattr(self, "post"):
            self.post: Any = partial(once, self, self.post)

    @property
    def user(self) -> User:
        user: User = self.request.user
        return user

    def visible(self) -> Any:
        """The rows that this person may see."""
        raise NotImplementedError

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return cast("Any", self.serializer_class).Meta.model._default_manager.none()
        return self.visible()

    def get_serializer_class(self) -> Any:
        return (self.detail_class if self.action != "list" else None) or self.serializer_class


class Resource(RetrieveModelMixin, Listing):
    """A list and its details: a stranger gets 404, as on the pages."""

    def found(self, rows: Any = None) -> Any:
        """The row that the address names, or 404."""
        rows = self.get_queryset() if rows is None else rows
        row = rows.filter(pk=self.kwargs["pk"]).first()
        if row is None:
            raise Http404
        return row

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(self.told(self.found()))

    def get_told_class(self) -> Any:
        return self.detail_class or self.serializer_class

    def told(self, row: Any) -> Any:
        """The row as its detail tells it."""
        serializer = self.get_told_class()(row, context=self.get_serializer_context())
        return serializer.data


class Editable(Resource):
    """A resource whose details bear an ETag, which a change may name in `If-Match`."""

    def lock(self) -> Any:
        """Hold the row on which changes of the object wait for each other."""
        raise NotImplementedError

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.with_version()

    def with_version(self) -> Response:
        """The detail with its ETag."""
        row = self.found()
        return with_etag(lambda: self.told(row))

    def unchanged(self) -> AbstractContextManager[None]:
        return unchanged(self.request, self.lock, lambda: self.told(self.found()))


class Moving(Resource):
    """A resource whose objects move. `move_view` is the page's view: its registry is the API's."""

    move_view: ClassVar[Any]

    def for_moves(self) -> Any:
        """The subject of a move, found as its page finds it."""
        rows = self.move_view.model.objects.visible_to(self.user)
        if related := self.move_view.select_related:
            rows = rows.select_related(*related)
        return self.found(rows)

    def looked_at(self, subject: Any) -> None:
        """Somebody looks at the object. A program that may only read looks at it for nobody."""
        if not only_reads(self.request):
            self.opened(subject)

    def opened(self, subject: Any) -> None:
        """Where a look has consequences, it has them here as on the page."""

    @extend_schema(
        methods=["GET"],
        summary="What a move asks for",
        responses={200: MoveForm},
        parameters=[OpenApiParameter("name", str, OpenApiParameter.PATH, description="A name of `moves`.")],
    )
    @extend_schema(
        methods=["POST"],
        summary="Make a move",
        request=MOVE_BODY,
        parameters=[OpenApiParameter("name", str, OpenApiParameter.PATH, description="A name of `moves`.")],
    )
    @action(detail=True, methods=["get", "post"], url_path="moves/<slug:name>", url_name="move")
    def move(self, request: Request, pk: int, name: str) -> Response:
        subject = self.for_moves()
        page = self.move_view.pages.get(name)
        if page is None or page.move.system:
            raise Http404
        at = timezone.now()
        if request.method == "POST":
            moves.make(page, subject, request, at)
            return self.after_move()
        self.looked_at(subject)
        told = next(iter(moves.moves_of(subject, {name: page}, self.user, at)), None)
        told = told or {"name": name, "label": str(page.move.label), "allowed": False, "unmet": []}
        fields = moves.inputs_of(moves.first_form(page, subject, self.user)) if told["allowed"] else []
        return Response({**told, "inputs": fields})

    def after_move(self) -> Response:
        """The object as it stands now; 204 when it is not this person's to see any more."""
        try:
            return Response(self.told(self.found()))
        except Http404:
            return Response(status=204)

    def moves_of(self, subject: Any) -> list[dict[str, Any]]:
        return moves.moves_of(subject, self.move_view.pages, self.user, timezone.now())


class UnknownView(APIView):
    """Every other address below /api/v1/: a problem, not a page."""

    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise Http404
