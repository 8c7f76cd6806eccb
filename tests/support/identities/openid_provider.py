"""An OpenID provider: authlib is the server, so that what we say is read by somebody else."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request, grants
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, OpenIDCode, UserInfo
from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import extract_compact

CLIENT, SECRET = "our-client", "s3cret:+/"
KEY = RSAKey.generate_key(2048, {"kid": "first"})
"""One for all: making it takes half a second."""


@dataclass
class Client(ClientMixin):  # type: ignore[misc]  # authlib tells no types
    redirect_uri: str

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in {"client_secret_basic", "client_secret_post"}

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # as above
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    user: Mapping[str, Any]

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


@dataclass
class OpenIdProvider:
    """`person` is who sits before the browser; what is set below makes it lie."""

    issuer: str
    redirect_uri: str
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "7f3a",
            "email": "amina@example.org",
            "email_verified": True,
            "name": "Amina Bello",
        }
    )
    key: RSAKey = field(default_factory=lambda: KEY)
    signs: Callable[[dict[str, Any]], str] | None = None
    """Makes the ID token out of its claims, in place of an honest signature."""
    answers: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
    """Answers in place of the provider."""
    methods: tuple[str, ...] = ("client_secret_basic", "client_secret_post")
    tells_beside: bool = False
    """Who somebody is stands in the ID token by the subject alone, and the rest at UserInfo."""
    tokens: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server = Server(self)

    def handle(self, request: httpx.Request) -> httpx.Response:
        """One request, as HTTP brings it."""
        self.asked.append(request.url.path)
        if (instead := self.answers(request)) is not None:
            return instead
        match request.url.path:
            case "/.well-known/openid-configuration" | "/jwks" as path:
                keys = {"keys": [self.key.as_dict(private=False)]}
                return httpx.Response(200, json=keys if path == "/jwks" else self.configuration())
            case "/authorize":
                grant = self.server.get_consent_grant(request, end_user=self.person)
                made: httpx.Response = self.server.create_authorization_response(
                    request, grant_user=self.person, grant=grant
                )
                return made
            case "/token":
                answered: httpx.Response = self.server.create_token_response(request)
                return answered
            case "/userinfo":
                return self._told(request)
        return httpx.Response(404)

    def _told(self, request: httpx.Request) -> httpx.Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if request.method != "GET" or scheme != "Bearer" or token not in self.tokens:
            return httpx.Response(401, headers={"www-authenticate": 'Bearer error="invalid_token"'})
        return httpx.Response(200, json=dict(self.tokens[token]))

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "token_endpoint_auth_methods_supported": self.methods,
        }

    def visit(self, url: str) -> dict[str, str]:
        """A browser goes there and says yes: what it brings back."""
        response = self.handle(httpx.Request("GET", url))
        assert response.status_code == 302, response.text
        there = response.headers["location"]
        assert there.startswith(f"{self.redirect_uri}?")
        return dict(parse_qsl(urlsplit(there).query))

    def signed(self, claims: Mapping[str, Any], **header: Any) -> str:
        """By the key of the provider."""
        said = {"alg": "RS256", "kid": self.key.kid, **header}
        return jwt.encode(said, dict(claims), self.key, [said["alg"]])


class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # as above
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    @property
    def provider(self) -> OpenIdProvider:
        found: OpenIdProvider = self.server.provider
        return found

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        named = ("redirect_uri", "scope", "nonce", "code_challenge", "code_challenge_method")
        said = {name: data[name] for name in named}
        self.provider.codes[code] = Code(code, **said, user=dict(self.provider.person))

    def query_authorization_code(self, code: str, client: Any) -> Code | None:
        return self.provider.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.provider.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> Mapping[str, Any]:
        return authorization_code.user


class IdToken(OpenIDCode):  # type: ignore[misc]  # as above
    def __init__(self, provider: OpenIdProvider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return any(one.nonce == nonce for one in self.provider.codes.values())

    def resolve_client_private_key(self, client: Any) -> RSAKey:
        return self.provider.key

    def get_client_algorithm(self, client: Any) -> str:
        return "RS256"

    def get_client_claims(self, client: Any) -> dict[str, Any]:
        return {"iss": self.provider.issuer}

    def get_encode_header(self, client: Any) -> dict[str, Any]:
        return {"alg": "RS256", "kid": self.provider.key.kid}

    def generate_user_info(self, user: Any, scope: str) -> UserInfo:
        return UserInfo({"sub": user["sub"]} if self.provider.tells_beside else user)

    def process_token(self, grant: Any, response: Any) -> Any:
        token = super().process_token(grant, response)
        if self.provider.signs is not None:
            honest = json.loads(extract_compact(token["id_token"].encode()).payload)
            token["id_token"] = self.provider.signs(honest)
        return token


class Server(AuthorizationServer):  # type: ignore[misc]  # as above
    def __init__(self, provider: OpenIdProvider) -> None:
        super().__init__()
        self.provider = provider
        self.register_token_generator("default", _token)
        self.register_grant(Grant, [CodeChallenge(required=True), IdToken(provider)])

    def query_client(self, client_id: str) -> Client | None:
        return Client(self.provider.redirect_uri) if client_id == CLIENT else None

    def save_token(self, token: Any, request: Any) -> None:
        """It is shown for what is told beside the ID token."""
        self.provider.tokens[token["access_token"]] = request.user

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        return request if isinstance(request, OAuth2Request) else _read(request)

    def handle_response(self, status: int, body: Any, headers: Any) -> httpx.Response:
        if isinstance(body, dict):
            return httpx.Response(status, json=body)
        return httpx.Response(status, text=body, headers=headers)


def _token(**given: Any) -> dict[str, Any]:
    return {"token_type": "Bearer", "access_token": token_urlsafe(), "scope": given["scope"]}


def _read(request: httpx.Request) -> OAuth2Request:
    """authlib wants TLS, which loopback has not."""
    query, sent = dict(request.url.params), dict(parse_qsl(request.content.decode()))
    headers = {name.title(): value for name, value in request.headers.items()}
    made = _Request(request.method, str(request.url.copy_with(scheme="https")), headers=headers)
    made.query, made.sent = query, sent
    made.payload = BasicOAuth2Payload({**query, **sent})
    return made


class _Request(OAuth2Request):  # type: ignore[misc]  # as above
    query: Mapping[str, str]
    sent: Mapping[str, str]

    @property
    def args(self) -> Mapping[str, str]:
        return self.query

    @property
    def form(self) -> Mapping[str, str]:
        return self.sent
