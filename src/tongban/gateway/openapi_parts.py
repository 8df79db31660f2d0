"""What the descriptions of several addresses have in common: headers, JSON bodies, refusals."""

from typing import Any

from tongban.protocol import MEANINGS, Code

Json = dict[str, Any]


def signed() -> list[Json]:
    """The headers of a signed request."""
    return [
        header("content-digest", "The body's digest (RFC 9530): sha-256, or sm3 under an SM2 key"),
        header("signature-input", "What is signed and by whom, under the label tongban (RFC 9421)"),
        header("signature", "The signature, under the label tongban"),
    ]


def header(name: str, description: str) -> Json:
    """A header that a request must have."""
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "header", "required": True, "description": description, "schema": schema}


def body(schema: str, description: str) -> Json:
    """A JSON body by the name of its schema."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"required": True, "description": description, "content": content}


def json_of(description: str, schema: str) -> Json:
    """A JSON response by the name of its schema."""
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def refusals(codes: tuple[Code, ...]) -> Json:
    """The responses for refusals, by HTTP status."""
    by_status: dict[str, list[Code]] = {}
    for code in codes:
        by_status.setdefault(str(MEANINGS[code].status), []).append(code)
    return {
        status: json_of(
            " / ".join(f"{code.value}: {MEANINGS[code].sentence.en}" for code in listed), "Refusal"
        )
        for status, listed in sorted(by_status.items())
    }


def not_served() -> Json:
    """The response to what is not served here."""
    schema = {
        "type": "object",
        "properties": {"status": {"type": "integer"}, "see": {"type": "string"}},
        "required": ["status", "see"],
    }
    return {"description": "Not served here", "content": {"application/json": {"schema": schema}}}
