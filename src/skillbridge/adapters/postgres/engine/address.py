"""The address of a database, as the driver wants it said."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit


def arguments(url: str) -> dict[str, Any]:
    """What `asyncpg.connect` takes; `sslrootcert=system` is no file, as libpq says since 16."""
    roots = dict(parse_qsl(urlsplit(url).query)).get("sslrootcert")
    return {"dsn": url, "ssl": True} if roots == "system" else {"dsn": url}
