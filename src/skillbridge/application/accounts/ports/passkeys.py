"""Passkeys: where they are kept, and this side of Web Authentication."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skillbridge.application.accounts.views import PasskeyView
from skillbridge.domain.accounts.passkey import Ceremony, Credential, Passkey
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import PasskeyId, UserId


class Passkeys(Protocol):
    """Those of the tenant; for the pre-authentication principal and the system.

    Whoever changes one has locked its account.
    """

    async def add(self, passkey: Passkey) -> None:
        """Raises PasskeyTaken where its credential is known, in whatever tenant."""

    async def with_credential(self, credential_id: bytes) -> Passkey | None: ...

    async def of(self, user_id: UserId) -> Sequence[Passkey]:
        """The oldest first."""
        ...

    async def save(self, passkey: Passkey) -> None:
        """Its name, its counter and when it was used."""

    async def remove(self, passkey: Passkey) -> None: ...


class SpentChallenges(Protocol):
    """Challenges that were answered, until they would be too old anyway."""

    async def spend(self, ceremony: Ceremony) -> bool:
        """False when it was spent before: of two at once, one gets True."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes, for the system, what was open until before then; returns how many."""
        ...


class PasskeyReads(Protocol):
    async def of(self, actor: Actor) -> Sequence[PasskeyView]:
        """The actor's own, the oldest first."""
        ...

    async def one(self, actor: Actor, passkey_id: PasskeyId) -> PasskeyView:
        """Raises UnknownPasskey for what is not the actor's."""
        ...


@dataclass(frozen=True, slots=True)
class ToCreate:
    """What a browser is asked for a new passkey; bytes in base64url, as in its JSON."""

    challenge: str
    rp_id: str
    user_id: str
    """The user handle: the account's id, and nothing that tells of a person."""
    user_name: str
    """What the device shows its owner: the address. It goes nowhere else."""
    algorithms: Sequence[int]
    """Of COSE, the preferred one first."""
    present: Sequence[str]
    """Credentials of the account, so that a device makes no second one."""


@dataclass(frozen=True, slots=True)
class ToGet:
    """What a browser is asked for a proof; any passkey of the account serves, found by the device."""

    challenge: str
    rp_id: str


@dataclass(frozen=True, slots=True)
class Made:
    """What a browser answers for a new passkey; bytes in base64url."""

    credential_id: str
    client_data: str
    attestation: str


@dataclass(frozen=True, slots=True)
class Signed:
    """What a browser answers for a proof; bytes in base64url."""

    credential_id: str
    client_data: str
    authenticator_data: str
    signature: str
    user_handle: str | None = None


class RelyingParty(Protocol):
    """What is asked of authenticators, and what is believed of their answers.

    Challenges prove themselves: nothing is stored until one is answered.
    """

    def nonce(self) -> bytes:
        """16 random bytes."""
        ...

    def to_create(self, ceremony: Ceremony, user: User, present: Sequence[Passkey]) -> ToCreate: ...

    def to_get(self, ceremony: Ceremony) -> ToGet: ...

    def asked(self, answer: Made | Signed) -> Ceremony:
        """What was asked for; raises CeremonyOver for what we did not ask."""
        ...

    def created(self, answer: Made) -> Credential:
        """Raises UnfitPasskey."""
        ...

    def credential_of(self, answer: Signed) -> bytes:
        """Raises PasskeyRefused where it is no id."""
        ...

    def counted(self, answer: Signed, passkey: Passkey | None) -> int:
        """The counter that the passkey signed.

        Raises PasskeyRefused for what it did not sign, and after the same work where there is none.
        """
        ...
