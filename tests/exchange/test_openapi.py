"""The running gateway does what its OpenAPI document says, whatever is sent to it."""

from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.exchange.far_node import FarNode
from tests.protocol.federation_of_two import directory
from tongban.gateway import openapi
from tongban.protocol import MEANINGS, records_schema

CHECKS = [
    schemathesis.checks.not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]


pytestmark = pytest.mark.xdist_group("gateway")


@pytest.fixture(scope="module")
def described(gateway: FarNode) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{gateway.url}/openapi.json")


OPERATIONS = [(path, method) for path, known in openapi.document()["paths"].items() for method in known]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_address_answers_as_described(
    described: schemathesis.BaseSchema, path: str, method: str
) -> None:
    @given(described[path][method].as_strategy())
    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def sent(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS)

    sent()


def test_an_evidence_type_has_the_schema_of_its_records(gateway: FarNode) -> None:
    given = httpx.get(f"{gateway.url}/evidence-types/contribution-spells", trust_env=False)
    assert given.json() == records_schema(directory().evidence_type("contribution-spells"))
    Draft202012Validator.check_schema(given.json())
    assert httpx.get(f"{gateway.url}/evidence-types/unknown", trust_env=False).status_code == 404


def test_the_document_names_every_refusal_that_a_sender_can_get() -> None:
    text = str(openapi.document()["paths"])
    of_connections = {"peer-untrusted", "certificate-refused"}
    assert {code for code in MEANINGS if f"{code.value}: " not in text} == of_connections
