"""Where a model's server is asked, and with which proof, whatever form its address has."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from skillbridge.adapters.openai.settings import OpenAISettings

ASKING = "/chat/completions"
VERSION = "api-version"
"""Azure's: its servers know a key by another header."""


@dataclass(frozen=True, slots=True)
class Server:
    base_url: str
    query: Mapping[str, str]
    proof: Mapping[str, str]
    """Headers; none for a server without a key, as local ones are."""


def server_of(settings: OpenAISettings) -> Server:
    """The address of the whole API, of the one resource, with a query or without `/v1`."""
    parts = urlsplit(settings.base_url.strip())
    path = parts.path.rstrip("/").removesuffix(ASKING).rstrip("/")
    query = dict(parse_qsl(parts.query))
    key = settings.api_key
    header = {"api-key": key} if VERSION in query else {"Authorization": f"Bearer {key}"}
    return Server(
        base_url=urlunsplit((parts.scheme, parts.netloc, path or "/v1", "", "")),
        query=query,
        proof=header if key else {},
    )
