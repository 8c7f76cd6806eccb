"""GitHub, as far as signing in goes, after its documentation: failures of the exchange come with 200."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

CLIENT, SECRET = "Iv1.0123456789abcdef", "0123456789abcdef0123456789abcdef01234567"
BAD_CODE = {
    "error": "bad_verification_code",
    "error_description": "The code passed is incorrect or expired.",
    "error_uri": "https://docs.github.com/apps/managing-oauth-apps/troubleshooting",
}
GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Typed:
    """A code, and what the person said of it."""

    user_code: str
    said: str | tuple[dict[str, Any], list[dict[str, Any]]] = "authorization_pending"


@dataclass
class GitHubDouble:
    """`user` and `emails` are of whoever sits before the browser."""

    url: str
    redirect_uri: str
    user: dict[str, Any] = field(
        default_factory=lambda: {"id": 583231, "login": "amina", "name": "Amina Bello"}
    )
    emails: list[dict[str, Any]] = field(
        default_factory=lambda: [
            {"email": "old@example.org", "primary": False, "verified": True, "visibility": None},
            {
                "email": "amina@example.org",
                "primary": True,
                "verified": True,
                "visibility": "private",
            },
        ]
    )
    interval: int = 5
    answers: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
    asked: list[str] = field(default_factory=list)
    codes: dict[str, tuple[dict[str, str], dict[str, Any], list[dict[str, Any]]]] = field(
        default_factory=dict
    )
    devices: dict[str, "Typed"] = field(default_factory=dict)
    """By the secret of the code."""
    tokens: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = field(default_factory=dict)

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if (instead := self.answers(request)) is not None:
            return instead
        match request.url.path:
            case "/login/device/code":
                return self._code(request)
            case "/login/oauth/access_token":
                return self._exchange(request)
            case "/user":
                return self._told(request, 0)
            case "/user/emails":
                return self._told(request, 1)
        return httpx.Response(404)

    def visit(self, url: str) -> dict[str, str]:
        """A browser goes there and says yes: what it brings back."""
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query))
        assert (f"{parts.scheme}://{parts.netloc}", parts.path) == (
            self.url,
            "/login/oauth/authorize",
        )
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT, self.redirect_uri)
        assert asked["code_challenge_method"] == "S256"
        assert asked["scope"] == "read:user user:email"
        code = token_hex(10)
        self.codes[code] = asked, dict(self.user), list(self.emails)
        return {"code": code, "state": asked["state"]}

    def type_in(self, user_code: str, *, yes: bool = True) -> None:
        """The person goes to /login/device, types the code, and says yes or no."""
        (found,) = (one for one in self.devices.values() if one.user_code == user_code)
        found.said = (dict(self.user), list(self.emails)) if yes else "access_denied"

    def _code(self, request: httpx.Request) -> httpx.Response:
        said = dict(parse_qsl(request.content.decode()))
        assert request.method == "POST"
        assert said == {"client_id": CLIENT, "scope": "read:user user:email"}
        digits = token_hex(4).upper()
        made = Typed(f"{digits[:4]}-{digits[4:]}")
        secret = token_hex(20)
        self.devices[secret] = made
        told: dict[str, Any] = {
            "device_code": secret,
            "user_code": made.user_code,
            "verification_uri": f"{self.url}/login/device",
            "expires_in": 900,
            "interval": self.interval,
        }
        return self._answer(request, told)

    def _typed(self, request: httpx.Request, said: dict[str, str]) -> httpx.Response:
        """No secret of the app is asked for, and what was answered is answered once."""
        assert said["client_id"] == CLIENT
        assert "client_secret" not in said
        found = self.devices.get(said["device_code"])
        if found is None:
            return self._answer(request, {"error": "incorrect_device_code"})
        if isinstance(found.said, str):
            return self._answer(request, {"error": found.said})
        del self.devices[said["device_code"]]
        return self._token(request, found.said)

    def _exchange(self, request: httpx.Request) -> httpx.Response:
        said = dict(parse_qsl(request.content.decode()))
        assert request.method == "POST"
        if said.get("grant_type") == GRANT:
            return self._typed(request, said)
        if (said["client_id"], said["client_secret"]) != (CLIENT, SECRET):
            return self._answer(request, {"error": "incorrect_client_credentials"})
        found = self.codes.pop(said["code"], None)
        challenge = urlsafe_b64encode(sha256(said["code_verifier"].encode()).digest())
        if found is None or found[0]["code_challenge"] != challenge.rstrip(b"=").decode():
            return self._answer(request, BAD_CODE)
        if said["redirect_uri"] != found[0]["redirect_uri"]:
            return self._answer(request, {"error": "redirect_uri_mismatch"})
        return self._token(request, found[1:])

    def _token(
        self, request: httpx.Request, whose: tuple[dict[str, Any], list[dict[str, Any]]]
    ) -> httpx.Response:
        token = f"gho_{token_hex(18)}"
        self.tokens[token] = whose
        made = {"access_token": token, "scope": "read:user,user:email", "token_type": "bearer"}
        return self._answer(request, made)

    def _answer(self, request: httpx.Request, said: dict[str, Any]) -> httpx.Response:
        """JSON for who asks for it."""
        if request.headers.get("accept") == "application/json":
            return httpx.Response(200, json=said)
        return httpx.Response(200, text=urlencode(said))

    def _told(self, request: httpx.Request, which: int) -> httpx.Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or token not in self.tokens:
            return httpx.Response(401, json={"message": "Bad credentials"})
        assert request.headers["user-agent"]
        assert request.headers["x-github-api-version"]
        return httpx.Response(200, json=self.tokens[token][which])
