"""The headers that answers carry, each described once for the contract."""

from dataclasses import dataclass, field
from typing import Any

ALWAYS = ("X-Request-Id", "Cache-Control")
"""On every answer."""
LIMITS = ("RateLimit-Policy", "RateLimit")
"""On every answer of an operation that has a quota, from where it is known who asks."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a header says, and one as it comes."""

    description: str
    example: str | int
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})

    def published(self, *, always: bool = True) -> dict[str, Any]:
        return {
            "description": self.description,
            "required": always,
            "schema": self.schema,
            "example": self.example,
        }


ASKED = {
    "X-Tenant": Header(
        "The tenant, by its name; left out, that of the installation.",
        "default",
        {"type": "string", "pattern": "^[^\\x00]*$"},
    ),
}
"""What a guard reads of a request."""
HEADERS = {
    "X-Request-Id": Header(
        "Finds this request in our log. One that you send comes back, if it is 8 to 64 letters, "
        "digits, `.`, `_` or `-`.",
        "0f8fad5bd9cb469fa16570867728950e",
    ),
    "Cache-Control": Header("Who may keep the answer, and for how long.", "no-store"),
    "Location": Header(
        "Where to look next.",
        "/v1/matches/3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        {"type": "string", "format": "uri-reference"},
    ),
    "Retry-After": Header("Seconds to wait.", 5, {"type": "integer", "minimum": 0}),
    "RateLimit-Policy": Header(
        "The quotas of this operation (draft-ietf-httpapi-ratelimit-headers-10): `q` at once, each of "
        "which comes back after its share of `w` seconds.",
        '"reads";q=600;w=60, "tenant";q=60000;w=60',
    ),
    "RateLimit": Header(
        "How many are left (`r`), and the seconds until there is one more (`t`). `attempts` with none "
        "left is something else that was asked too often.",
        '"reads";r=599;t=1',
    ),
    "Accept-Ranges": Header("A part may be asked for by `Range`.", "bytes"),
    "Content-Range": Header("Which part this is, and of how many bytes.", "bytes 4096-48212/48213"),
    "ETag": Header("This version's name, for `If-Match` and `If-None-Match`.", '"3"'),
    "X-Degraded": Header(
        "`true` while the matcher is away and its fallback answers.",
        "false",
        {"type": "string", "enum": ["true", "false"]},
    ),
    "Idempotency-Replayed": Header(
        "`true` on an answer that was given before to the same `Idempotency-Key`.",
        "true",
        {"type": "string", "enum": ["true"]},
    ),
    "Vary": Header("By which headers of the request the answer differs.", "Accept-Encoding"),
    "Tus-Resumable": Header("The version of tus that is spoken here.", "1.0.0"),
    "Tus-Version": Header("The versions of tus that are spoken here.", "1.0.0"),
    "Upload-Offset": Header(
        "How many bytes of the file are here: go on from there.",
        131_072,
        {"type": "integer", "minimum": 0},
    ),
    "Upload-Length": Header(
        "How many bytes the whole file has.", 482_130, {"type": "integer", "minimum": 1}
    ),
    "Upload-Expires": Header(
        "Until when the upload can be gone on with.", "Mon, 30 Nov 2026 09:30:00 GMT"
    ),
    "Accept": Header("The kinds of body that are taken.", "application/json"),
    "Accept-Patch": Header(
        "The kinds of patch that are taken.", "application/merge-patch+json, application/json"
    ),
    "Accept-Encoding": Header(
        "The content codings that are taken, where yours is none of them.", "identity"
    ),
    "WWW-Authenticate": Header(
        'How to prove who you are: after `error="invalid_token"` refresh, after '
        '`error="insufficient_user_authentication"` step up, after `error="insufficient_scope"` take a token '
        "with the scope that it names; by itself, ask your person.",
        "Bearer",
    ),
}
