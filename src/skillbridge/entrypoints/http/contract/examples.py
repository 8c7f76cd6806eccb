"""An example of everything that is published, made from the shapes.

A text, or a number that means something, has its example beside its field in a body, or here by
its property's name; a test of ours fails for one that has neither.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from skillbridge.entrypoints.http.server.event_types import EventType

Schema = dict[str, Any]

FORMATS = {
    "uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "date-time": "2026-11-29T09:30:00Z",
    "date": "2026-12-06",
}
TOKEN = "sb_pat_" + "0" * 71
"""Not a whole one: its checksum is wrong, so that no scanner of secrets finds it."""
SKILLS = {"python-basics": 3, "sql": 2}
TERMS = {"skill": 3600, "availability": 1400, "language": 1000, "location": 500, "free": 560}
NAMES: dict[str, Any] = {
    "action": "RoleGranted",
    "access_token": "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6ImE2NDQ4OTdiNmY4ZSJ9.e30.c2lnbmF0dXJl",
    "active_matches": 2,
    "after": "AAZg2h8HtgA_JQTgT4lB05oMAwXoLDMBw69BkdFQ",
    "answered_at": None,
    "applied": 108,
    "author": "template",
    "awarded_at": "2026-11-29T09:30:00Z",
    "because": None,
    "bio": "I teach *Python* on Saturdays.",
    "bio_html": '<p dir="auto">I teach <em>Python</em> on Saturdays.</p>',
    "blocking_pairs": 2,
    "body": "Amina Bello asks you to be their mentor.",
    "bound": 823_000,
    "capacity": 3,
    "match_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "challenge": "sbc_AAAAAAAAQACAAAAAAAAAAQ",
    "codes": "KRSXG5CTMVRXEZLU",
    "completed": {"python-basics": "2026-11-29T09:30:00Z"},
    "completed_at": None,
    "country": "NG",
    "deadline_ms": 30_000,
    "device": "sbd_qD1eVbYx3p8nQ2",
    "domain": "data-analysis",
    "done": 1,
    "email": "amina@example.org",
    "end": 1200,
    "ended_at": None,
    "experience_years": 6,
    "expires_in": 600,
    "fifth_percentile": 5200,
    "free": 1,
    "gap_ppm": 100,
    "gini_load": 1800,
    "gini_score": 900,
    "goal": "Become a data analyst",
    "headline": "Python, from zero to work",
    "hours_per_week": 6,
    "id": "python-basics",
    "k": 32,
    "key": "en",
    "kid": "a644897b6f8e",
    "kind": "MatchRequested",
    "known": "sql",
    "language": "en",
    "languages": "en",
    "learners": 120,
    "left_out": 0,
    "level": "beginner",
    "limit": 20,
    "link": "/v1/matches/3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "mean": 7410,
    "megabytes": 12,
    "message": "I am building my first API and would like company.",
    "message_html": '<p dir="auto">I am building my first API and would like company.</p>',
    "milliseconds": 1.7,
    "minimum": 4100,
    "minutes": 90,
    "module_id": "python-basics",
    "name": "Amina Bello",
    "named": 120,
    "needed": 3,
    "next": "AAZg2h8HtgA_JQTgT4lB05oMAwXoLDMBw69BkdFQ",
    "objective": 822_510,
    "percent": 40,
    "point": "MMTFmXMeEOU3XbO2pMRdwZoKgoAaBEAhJO3MO3vbPHQ",
    "size": 48_213,
    "placed": 111,
    "pool_version": 42,
    "prerequisites": "programming-basics",
    "provider": "Open University",
    "q": "python",
    "rating": 4.8,
    "ratings": 11,
    "read_at": None,
    "reason": None,
    "recovery_codes_left": 9,
    "request": "9f2c1d7a5b3e4c60",
    "reasons": "Teaches Python, which you want to learn",
    "refresh_token": "sbr_4uT0zq0m3S5nE1vW8yR2aB6cD9fG7hJkLmNpQrStUvX",
    "requires": "programming-basics",
    "resource_id": "python-tutorial",
    "resources": "python-tutorial",
    "rounds": 7,
    "scope": "pool",
    "scope_needed": "profile:write",
    "scopes": "roadmaps:read",
    "second_factor": "app",
    "scopes_held": "badges:read roadmaps:read",
    "skill": "python-basics",
    "skills": SKILLS,
    "skipped": 3,
    "source": "matcher",
    "stage": "drawing the path",
    "start": 1080,
    "summary": "Variables, loops and functions, by small programs.",
    "terms": TERMS,
    "text_twin": None,
    "time_zone": "Africa/Lagos",
    "title": "Python basics",
    "token": "v1.3f2504e0.c2lnbmF0dXJl",
    "token_type": "Bearer",
    "total": 7060,
    "Tus-Resumable": "1.0.0",
    "Upload-Checksum": "sha256 LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
    "Upload-Length": "482130",
    "Upload-Offset": "131072",
    "side": "64",
    "unassigned": 9,
    "unread": 2,
    "url": "https://docs.python.org/3/tutorial/",
    "version": 3,
    "weekday": 5,
    "weight": 2,
    "weights": None,
    "without_candidates": 4,
    "without_place": 5,
    "x": "MMTFmXMeEOU3XbO2pMRdwZoKgoAaBEAhJO3MO3vbPHQ",
}
"""By the property's name; the items of a list go by the name of the list."""
PLACES: dict[tuple[str, str], Any] = {
    ("Answer", "detail"): "If this address can be used, a mail is on its way to it: open its link.",
    ("AuditEntry", "action"): "RoleGranted",
    ("AuditEntry", "category"): "iam",
    ("AuditEntry", "correlation_id"): "9f2c1d7a5b3e4c60",
    ("AuditEntry", "details"): {"role": "mentor", "reason": "Taught at our centre"},
    ("AuditEntry", "n"): 4711,
    ("AuditEntry", "network"): "192.0.2.0/24",
    ("AuditEntry", "operator"): None,
    ("AuditEntry", "request_id"): "6b1f0c9e2d7a4b358c5e1f9a0d3b7c24",
    ("BadgeView", "awarded_at"): None,
    ("BadgeView", "description"): "Complete your first module.",
    ("BadgeView", "id"): "first-step",
    ("BadgeView", "title"): "First step",
    (
        "Begun",
        "authorization_url",
    ): "https://github.com/login/oauth/authorize?client_id=Iv1.0123&state=AAAA",
    ("DomainView", "id"): "data-analysis",
    ("DomainView", "summary"): "From raw tables to answers that people can use.",
    ("DomainView", "title"): "Data analysis",
    ("EndEvent", "id"): "finished",
    ("IdentityView", "issuer"): "https://github.com",
    ("IdentityView", "provider"): "github",
    ("IdentityView", "subject"): "583231",
    ("ProviderView", "name"): "github",
    ("ProviderView", "title"): "GitHub",
    ("ProviderView", "issuer"): "https://github.com",
    ("ProviderView", "device"): True,
    ("CodeBegun", "expires_in"): 600,
    ("CodeBegun", "handle"): "sbh_P1BPiUpSR8qvGS0S8Yx2FwAAAA",
    ("CodeBegun", "interval"): 5,
    ("CodeBegun", "user_code"): "WDJB-MJHT",
    ("CodeBegun", "verification_uri"): "https://github.com/login/device",
    ("Enrolment", "secret"): "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    ("Enrolment", "uri"): "otpauth://totp/SkillBridge:amina%40example.org"
    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=SkillBridge",
    ("GenerationEvent", "id"): "3",
    ("ApiTokenView", "name"): "laptop",
    ("NewApiToken", "name"): "laptop",
    ("NewApiToken", "token"): TOKEN,
    ("NoticeView", "title"): "Amina Bello asks for mentoring",
    ("ProgressEvent", "id"): "3",
    ("Resource", "id"): "python-tutorial",
    ("Resource", "skills"): ["python-basics"],
    ("Resource", "title"): "The Python tutorial",
    ("RoadmapSummary", "title"): "Data analysis for beginners",
    ("RoadmapView", "title"): "Data analysis for beginners",
    ("Branding", "name"): "Kano Learning Hub",
    ("Branding", "colour"): "#0b57d0",
    ("Branding", "footer"): "",
    ("Branding", "reply_to"): "help@example.org",
    ("BrandingPart", "footer"): "",
    ("Weights", "skill"): 4_000,
    ("Weights", "availability"): 2_000,
    ("Weights", "language"): 1_000,
    ("Weights", "location"): 1_000,
    ("Weights", "rating"): 1_000,
    ("Weights", "free"): 700,
    ("Weights", "experience"): 300,
    ("Limits", "roadmaps_a_day"): 20,
    ("Limits", "uploads_a_day"): 20,
    ("Limits", "files_mebibytes"): 1_024,
    ("UploadView", "purpose"): "avatar",
    ("UploadView", "state"): "receiving",
    ("UploadView", "size"): 482_130,
    ("UploadView", "received"): 131_072,
    ("Variant", "side"): 64,
    ("Variant", "size"): 1_204,
    ("Variant", "url"): "/v1/avatars/3f2504e0-4f89-41d3-9a0c-0305e82c3301/64",
    ("SettingsVersion", "reason"): "A pilot with more weight on skills.",
    ("SettingsVersion", "changed_by"): "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    ("SettingsVersion", "changed_at"): "2026-11-29T09:30:00Z",
    **{
        (part, feature): True
        for part in ("Features", "FeaturesPart")
        for feature in ("registration", "roadmaps", "mentors", "matches", "cohorts")
    },
    ("SignInView", "bound"): True,
    ("SignInView", "device"): "Mozilla/5.0 (Android 10; Mobile; rv:127.0) Firefox/127.0",
    ("SignInView", "kind"): "phone",
    ("Skill", "hours"): {"beginner": 12, "intermediate": 8, "advanced": 6},
    ("State", "name"): "postgres",
    ("State", "version"): "18.1",
    ("Suggestions", "skills"): ["python-basics"],
    ("Award", "description"): "Complete your first module.",
    ("Award", "id"): "first-step",
    ("Award", "title"): "First step",
    (
        "parameter",
        "DPoP",
    ): "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7fX0.e30.c2lnbmF0dXJl",
    ("PasskeyView", "name"): "My phone",
    ("PhoneView", "number"): "+234 ••• 67",
    ("PasskeyView", "synced"): True,
    ("parameter", "Idempotency-Key"): "8e03978e-40d5-43dd-bc93-6894a57f9324",
    ("parameter", "If-Match"): '"3"',
    ("parameter", "Range"): "bytes=4096-",
    ("parameter", "If-Range"): '"5feceb66ffc86f38d952786c6d696c79"',
    ("parameter", "webhook-id"): "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    ("parameter", "webhook-timestamp"): "1767261600",
    ("parameter", "webhook-signature"): "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ("parameter", "If-None-Match"): '"3"',
    ("parameter", "free"): True,
    ("parameter", "name"): "laptop",
    ("parameter", "skills"): "python-basics,sql",
}
"""Where a name means something else in one shape: by the shape's title and the property's name."""

_FILLER = {"string": "…", "integer": 1, "number": 1.0, "object": {}}


class Examples:
    """Examples of shapes, some of which refer to `components`."""

    def __init__(self, components: Schema) -> None:
        self._components = components
        self.missing: set[str] = set()
        """Properties of which nothing says what could stand there."""

    def of(self, schema: Schema, name: str = "", within: str = "") -> Any:
        said = [*schema.get("examples", ()), *_fixed(schema)]
        if said:
            return said[0]
        if (within, name) in PLACES:
            return PLACES[within, name]
        if ref := schema.get("$ref"):
            return self.of(self._components[ref.rpartition("/")[2]], name, within)
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self._of_one(options, name, within)
        return self._by_type(schema, name, within)

    def of_parameter(self, parameter: Schema) -> Schema:
        """The parameter with its example."""
        example = self.of(parameter["schema"], parameter["name"], "parameter")
        return {**parameter, "example": example}

    def of_stream(self, events: Sequence[EventType[Any]]) -> str:
        made = (self.of(self._components[event.title]) for event in events)
        return "".join(
            "".join(f"{field}: {value}\r\n" for field, value in one.items()) + "\r\n"
            for one in made
        )

    def _of_one(self, options: list[Schema], name: str, within: str) -> Any:
        """Nothing, where our words say so; or the first that is something."""
        if name in NAMES and NAMES[name] is None:
            return None
        return self.of(next(o for o in options if o.get("type") != "null"), name, within)

    def _by_type(self, schema: Schema, name: str, within: str) -> Any:
        kind = schema.get("type")
        if kind == "object":
            return self._object(schema, name, within)
        if kind == "array":
            return [self.of(schema["items"], name, within)]
        if "enum" in schema:
            return NAMES[name] if NAMES.get(name) in schema["enum"] else schema["enum"][0]
        if "contentSchema" in schema:
            return msgspec.json.encode(self.of(schema["contentSchema"])).decode()
        known = FORMATS.get(schema.get("format", ""), NAMES.get(name))
        if known is not None:
            return known
        return False if kind == "boolean" else self._missing(schema, name, within)

    def _object(self, schema: Schema, name: str, within: str) -> Any:
        if "properties" in schema:
            title = schema["title"]
            return {one: self.of(shape, one, title) for one, shape in schema["properties"].items()}
        return NAMES[name] if name in NAMES else self._missing(schema, name, within)

    def _missing(self, schema: Schema, name: str, within: str) -> Any:
        self.missing.add(f"{within}.{name}")
        return _FILLER[schema["type"]]


def _fixed(schema: Schema) -> list[Any]:
    """What the schema itself leaves no choice about, or would take by itself."""
    return [schema[word] for word in ("const", "default") if word in schema]
