"""Providers that people may sign in by, each in one line."""

import re
from typing import Self

from skillbridge.settings.addresses import HttpUrl
from skillbridge.settings.values import Secret

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,31}")
EXAMPLE = "google https://accounts.google.com CLIENT_ID CLIENT_SECRET"


class OidcProvider(Secret):
    """`NAME ISSUER CLIENT_ID CLIENT_SECRET`, parted by blanks."""

    name: str
    issuer: str
    """As it is written: the provider's tokens must name it to the letter."""
    client_id: str
    client_secret: str

    def __new__(cls, text: str) -> Self:
        made = super().__new__(cls, text)
        parts = made.split()
        if len(parts) != 4:  # noqa: PLR2004  the four of the example
            raise ValueError(f"a provider has four parts: {EXAMPLE}")
        made.name, made.issuer, made.client_id, made.client_secret = parts
        if not _NAME.fullmatch(made.name) or made.name == "github":
            raise ValueError("the name has 2 to 32 signs, a-z, 0-9 and -, and is not github")
        if HttpUrl(made.issuer).in_the_clear or HttpUrl(made.issuer).parts.query:
            raise ValueError(f"the issuer begins with https:// and has no ?, as in {EXAMPLE}")
        return made
