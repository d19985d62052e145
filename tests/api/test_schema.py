"""The OpenAPI description says what the API does: every address, every error with an example, every move."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import get_resolver

from rectification.views.items import ItemMoveView
from tests.architecture.urls import all_names


@pytest.fixture
def schema(api) -> dict[str, Any]:
    return api("u1").get("schema/").json()


def operations(schema):
    return [(path, method, each) for path, all_ in schema["paths"].items() for method, each in all_.items()]


def test_it_is_3_1_and_for_those_who_are_signed_in(schema, client):
    assert schema["openapi"].startswith("3.1")
    assert set(schema["components"]["securitySchemes"]) == {"token", "session"}
    assert client.get("/api/v1/schema/").status_code == 401


@pytest.mark.parametrize("asked", ["version=a%0Ab", "lang=%0A", "odd=1"])
def test_it_takes_no_parameters(api, asked):
    answer = api("u1").get(f"schema/?{asked}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_every_address_is_described(schema):
    left_out = {"api:schema", "api:docs", "api:unknown", "api:unknown-root", "api:tokens", "api:token-revoke"}
    names = {name for name in all_names(get_resolver()) if name.startswith("api:")} - left_out
    assert len(schema["paths"]) == len(names)


def test_every_operation_documents_its_errors_with_an_example(schema):
    found = schema["components"]["responses"]
    assert all(each["content"]["application/problem+json"]["example"] for each in found.values())
    for path, method, each in operations(schema):
        documented = set(each["responses"])
        assert {"401", "403", "404", "429"} <= documented, path
        if method != "get":
            assert {"400", "409", "415", "422"} <= documented, path
        assert documented & {"200", "201", "204"}, path


def test_the_moves_of_a_resource_are_those_of_its_page(schema):
    make = schema["paths"]["/api/v1/rectification-items/{id}/moves/{name}/"]["post"]
    (name,) = (each for each in make["parameters"] if each["name"] == "name")
    assert name["schema"]["enum"] == sorted(ItemMoveView.pages)
    assert "`save-plan`" in make["description"]
    assert any(each["name"] == "Idempotency-Key" for each in make["parameters"])


def test_operations_have_names_of_their_own_and_every_reference_leads_somewhere(schema):
    names = [each["operationId"] for _path, _method, each in operations(schema)]
    assert len(names) == len(set(names))
    known = {f"#/components/{kind}/{name}" for kind, rows in schema["components"].items() for name in rows}
    assert set(references(schema)) <= known


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)
