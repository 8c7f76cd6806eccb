"""GitHub says who has typed in a code at /login/device (RFC 8628).

Source: docs.github.com, "Authorizing OAuth apps", device flow. Failures come with status 200, and no
secret of the app is asked for: whoever has the `device_code` could fetch the token.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

import msgspec

from skillbridge.adapters.oauth.fetching import NoAnswer, is_visible
from skillbridge.adapters.oauth.github import SCOPES, GitHub, Token
from skillbridge.domain.accounts.authorization import AuthorizationOver
from skillbridge.domain.accounts.device_flow import AuthorizationDenied, DeviceCode, Still
from skillbridge.domain.accounts.identity import IdentityClaims

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
STILL = {one.value: one for one in Still}
OVER = frozenset({"expired_token", "incorrect_device_code"})
DENIED = "access_denied"
LONGEST_CODE = 32
LONGEST_ADDRESS = 200

_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class _Code(msgspec.Struct, frozen=True):
    device_code: _Text
    user_code: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_CODE)]
    verification_uri: Annotated[str, msgspec.Meta(max_length=LONGEST_ADDRESS)]
    expires_in: Annotated[int, msgspec.Meta(ge=1, le=86_400)]
    interval: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 5
    """Where none is said, five seconds (RFC 8628 section 3.2)."""


@dataclass(frozen=True, slots=True)
class GitHubDevices:
    github: GitHub

    @property
    def title(self) -> str:
        return self.github.title

    async def code(self) -> DeviceCode:
        async with self.github.answering():
            settings = self.github.settings
            form = {"client_id": settings.client_id, "scope": SCOPES}
            reply = await self.github.fetcher.post(f"{settings.url}/login/device/code", form)
            failed = reply.read(Token).error
            if failed or not reply.good:
                raise NoAnswer(f"no code for a device: {failed:.60} ({reply.status})")
            made = reply.read(_Code)
            self._must_be_shown(made)
        life = timedelta(seconds=made.expires_in)
        return DeviceCode(
            made.device_code, made.user_code, made.verification_uri, life, made.interval
        )

    async def confirmed(self, secret: str) -> IdentityClaims | Still:
        async with self.github.answering():
            settings = self.github.settings
            form = {"client_id": settings.client_id, "device_code": secret, "grant_type": GRANT}
            reply = await self.github.fetcher.post(f"{settings.url}/login/oauth/access_token", form)
            said = reply.read(Token)
            if said.error in STILL:
                return STILL[said.error]
            if said.error in OVER:
                raise AuthorizationOver
            if said.error == DENIED:
                raise AuthorizationDenied(self.title)
            return await self.github.who(said.usable(reply))

    def _must_be_shown(self, made: _Code) -> None:
        """People are sent to GitHub alone, and read what is plain text. Raises NoAnswer."""
        there, ours = urlsplit(made.verification_uri), urlsplit(self.github.settings.url)
        if (there.scheme, there.netloc) != (ours.scheme, ours.netloc):
            raise NoAnswer(
                f"the code is to be typed in elsewhere, at {made.verification_uri!r:.200}"
            )
        if not all(map(is_visible, (made.user_code, made.verification_uri, made.device_code))):
            raise NoAnswer("a code that cannot be shown")
