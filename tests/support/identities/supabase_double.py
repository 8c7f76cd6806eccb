"""A Supabase project's GoTrue: its keys, its users and their tokens, by its documented contract.

Source: supabase/auth, `openapi.yaml` and `internal/api/admin.go`.
"""

import json
import time
from base64 import b64encode
from dataclasses import dataclass, field
from hmac import digest
from typing import Any
from uuid import UUID, uuid4

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from joserfc.jws import extract_compact

KEY = ECKey.generate_key("P-256", {"kid": "first"})
SECRET = "a legacy secret, which signs with HS256 and is long"
ANON_KEY, SERVICE_KEY = "sb_publishable_x", "sb_secret_x"
WEBHOOK_KEY = b"a key of thirty-two bytes or so."
TENANT = "test"
Json = dict[str, Any]


@dataclass
class SupabaseDouble:
    url: str
    users: dict[str, Json] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    broadcasts: list[Json] = field(default_factory=list)
    """What was pushed to channels of Realtime."""
    away: bool = False
    ended: bool = False
    """Whether the sessions of all are over."""

    @property
    def issuer(self) -> str:
        return f"{self.url}/auth/v1"

    def signs_up(self, email: str | None = "amina@example.org", **more: Any) -> str:
        id_ = str(more.pop("id", uuid4()))
        self.users[id_] = {
            "id": id_,
            "aud": "authenticated",
            "role": "authenticated",
            "email": email or "",
            "email_confirmed_at": "2026-01-02T03:04:05.678901Z" if email else None,
            "is_anonymous": email is None,
            "user_metadata": {"full_name": "Amina Bello", "email_verified": True},
            "app_metadata": {"provider": "email", "providers": ["email"]},
            **more,
        }
        return id_

    def claims(self, user: str, **more: Any) -> Json:
        now = int(time.time())
        of = self.users[user]
        said = {
            "iss": self.issuer,
            "sub": user,
            "aud": "authenticated",
            "exp": now + 3600,
            "iat": now,
            "role": "authenticated",
            "aal": "aal1",
            "session_id": str(uuid4()),
            "email": of["email"],
            "phone": "",
            "is_anonymous": of["is_anonymous"],
            "app_metadata": of["app_metadata"],
            "user_metadata": of["user_metadata"],
            "amr": [{"method": "password", "timestamp": now}],
        }
        return {**said, **more}

    def token(self, user: str, **more: Any) -> str:
        return self.signed(self.claims(user, **more))

    def signed(self, claims: Json) -> str:
        return jwt.encode({"alg": "ES256", "kid": "first", "typ": "JWT"}, claims, KEY, ["ES256"])

    def signed_by_secret(self, claims: Json, secret: str = SECRET) -> str:
        key = OctKey.import_key(secret)
        return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, key, ["HS256"])

    def message(self, kind: str, user: str, **more: Any) -> bytes:
        """As its database webhook writes it."""
        row = {**self.users[user], "encrypted_password": "x", "confirmation_token": "", **more}
        row["raw_user_meta_data"] = row.pop("user_metadata")
        rows = {"record": None, "old_record": row} if kind == "DELETE" else {"record": row}
        said = {"type": kind, "table": "users", "schema": "auth", "old_record": None, **rows}
        return json.dumps(said).encode()

    def headers(
        self, body: bytes, id_: str = "msg_1", *, at: float | None = None
    ) -> dict[str, str]:
        """As Standard Webhooks signs it."""
        time_ = int(time.time() if at is None else at)
        mac = digest(WEBHOOK_KEY, f"{id_}.{time_}.".encode() + body, "sha256")
        return {
            "content-type": "application/json",
            "webhook-id": id_,
            "webhook-timestamp": str(time_),
            "webhook-signature": f"v1,{b64encode(mac).decode()}",
        }

    def handle(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(f"{request.method} {path}")
        if self.away:
            return httpx.Response(503, json={"message": "name resolution failed"})
        if path == "/auth/v1/.well-known/jwks.json":
            return httpx.Response(200, json={"keys": [KEY.as_dict(private=False)]})
        if path == "/auth/v1/user":
            return self._user(request)
        if path == "/realtime/v1/api/broadcast":
            return self._broadcast(request)
        if path.startswith("/auth/v1/admin/users"):
            return self._admin(request, path.removeprefix("/auth/v1/admin/users").strip("/"))
        return _error(404, "not_found")

    def _broadcast(self, request: httpx.Request) -> httpx.Response:
        """Source: supabase/realtime, `lib/realtime_web/controllers/broadcast_controller.ex`."""
        if request.headers.get("apikey") != SERVICE_KEY:
            return httpx.Response(401, json={"message": "Unauthorized"})
        messages = json.loads(request.content)["messages"]
        if not all({"topic", "event", "payload"} <= one.keys() for one in messages):
            return httpx.Response(422, json={"errors": {"messages": ["can't be blank"]}})
        self.broadcasts += messages
        return httpx.Response(202)

    def _user(self, request: httpx.Request) -> httpx.Response:
        if request.headers.get("apikey") != ANON_KEY:
            return httpx.Response(401, json={"message": "No API key found in request"})
        token = request.headers["authorization"].removeprefix("Bearer ")
        claims = json.loads(extract_compact(token.encode()).payload)
        found = self.users.get(claims["sub"])
        if self.ended or found is None:
            return _error(403, "user_not_found" if found is None else "session_not_found")
        return httpx.Response(200, json=found)

    def _admin(self, request: httpx.Request, id_: str) -> httpx.Response:
        if request.headers.get("authorization") != f"Bearer {SERVICE_KEY}":
            return _error(403, "not_admin")
        said: Json = json.loads(request.content) if request.content else {}
        if request.method == "POST":
            return self._create(said)
        if id_ not in self.users:
            return _error(404, "user_not_found")
        if request.method == "DELETE":
            del self.users[id_]
            return httpx.Response(200, json={})
        if self._taken(said.get("email"), id_):
            return _error(500, "unexpected_failure")  # as it is: the unique key fails
        self._write(id_, said)
        return httpx.Response(200, json=self.users[id_])

    def _create(self, said: Json) -> httpx.Response:
        if self._taken(said["email"]):
            return _error(422, "email_exists")
        if said["id"] in self.users:
            return _error(500, "unexpected_failure")
        self.signs_up(said["email"], id=str(UUID(said["id"])), email_confirmed_at=None)
        self._write(said["id"], said)
        return httpx.Response(200, json=self.users[said["id"]])

    def _write(self, id_: str, said: Json) -> None:
        user = self.users[id_]
        user["email"] = said.get("email", user["email"])
        if said.get("email_confirm"):
            user["email_confirmed_at"] = "2026-01-02T03:04:05Z"
        if "ban_duration" in said:
            forever = None if said["ban_duration"] == "none" else "2126-01-02T03:04:05Z"
            user["banned_until"] = forever
        user["app_metadata"] |= said.get("app_metadata", {})

    def _taken(self, email: str | None, by_other_than: str = "") -> bool:
        return any(one["email"] == email for id_, one in self.users.items() if id_ != by_other_than)


def _error(status: int, code: str) -> httpx.Response:
    return httpx.Response(
        status,
        headers={"x-sb-error-code": code},
        json={"code": status, "error_code": code, "msg": code},
    )
