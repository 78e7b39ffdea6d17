"""The OpenAPI document is whole: what it allows never fails, and nothing is answered that it does not tell."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


# schemathesis itself draws from `random` where it spoils a request.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_documented(client, mode):
    schema = schemathesis.openapi.from_asgi("/openapi.json", client.app)
    for result in schema.get_all_operations():
        operation = result.ok()  # type: ignore[union-attr] # a schema that cannot be read fails here
        if mode is GenerationMode.NEGATIVE and not operation.path.startswith("/v1"):
            continue  # health takes nothing that could be wrong

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
        def ask(case):
            case.call_and_validate(session=client, checks=CHECKS)

        ask()


def test_examples_and_descriptions_are_there(client):
    document = client.get("/openapi.json").json()
    assert document["components"]["schemas"]["OrderCheckRequest"]["examples"]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), f"{method} {path}"
            assert "422" in operation["responses"] or not path.startswith("/v1"), f"{method} {path}"


def test_every_field_of_every_body_has_an_example_or_its_values(client):
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for operation in methods.values():
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            schema = schemas.get(body.get("items", body).get("$ref", "").rpartition("/")[2], {})
            for name, field in {} if schema.get("examples") else schema.get("properties", {}).items():
                told = {"examples", "enum", "const", "default"} & (
                    set(field) | {k for a in field.get("anyOf", ()) for k in a}
                )
                assert told, f"{path}: {name} {field}"
