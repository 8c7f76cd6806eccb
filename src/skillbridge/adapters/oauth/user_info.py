"""What a provider tells of a person beside the ID token (OpenID Connect Core 1.0 section 5.3)."""

from dataclasses import dataclass

import msgspec

from skillbridge.adapters.oauth.addresses import usable
from skillbridge.adapters.oauth.fetching import Fetcher, NoAnswer, is_visible
from skillbridge.adapters.oauth.signed_claims import BadToken


class Told(msgspec.Struct, frozen=True):
    """The claims that we read; an ID token has the same ones."""

    sub: str
    email: str | None = None
    email_verified: bool | str = False
    """Some write it as a text."""
    name: str | None = None

    @property
    def address(self) -> str | None:
        """In our spelling; None for none that the provider has verified."""
        return usable(self.email) if self.email_verified in (True, "true") else None


@dataclass(frozen=True, slots=True)
class UserInfo:
    """It is plain JSON from the provider's own address, by the access token that came with the ID token."""

    fetcher: Fetcher
    url: str

    async def of(self, subject: str, access_token: str) -> Told:
        """Raises NoAnswer, and BadToken where it tells of somebody else (section 5.3.2)."""
        if not access_token or not is_visible(access_token):
            raise NoAnswer("no access token that could be shown")
        reply = await self.fetcher.get(self.url, {"authorization": f"Bearer {access_token}"})
        if not reply.good:
            raise NoAnswer(f"status {reply.status} for what it tells of a person")
        told = reply.read(Told)
        if told.sub != subject:
            raise BadToken("what it tells is of somebody else")
        return told
