"""Sign-ins, and the devices and networks that they come from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from skillbridge.application.accounts.views import SignInView
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.accounts.sign_in import Proof, SignIn
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unproven
from skillbridge.domain.ids import SessionId, TenantId, UserId


class BadProof(Unproven):
    """The proof of a device's key does not hold; the words say what is wrong with it."""


class SignIns(Protocol):
    """Chains of refresh tokens, which are known by their SHA-256."""

    async def add(self, sign_in: SignIn) -> None: ...

    async def presenting(self, token: bytes) -> SignIn:
        """Locks the chain that this token belongs to; raises SignInOver when there is none."""
        ...

    async def save(self, sign_in: SignIn) -> None:
        """Stores the move of a chain that `presenting` has locked."""

    async def must_live(
        self, user_id: UserId, session_id: SessionId | None, *, at: datetime
    ) -> None:
        """Raises SignInOver unless it is a living one of this user."""

    async def any_of(self, user_id: UserId) -> bool:
        """Whether there is one of this user, also one that has ended."""
        ...

    async def revoke(self, session_id: SessionId, *, at: datetime) -> None:
        """Ends one of the actor's own; raises UnknownSignIn."""

    async def revoke_all(
        self, user_id: UserId, *, at: datetime, but: SessionId | None = None
    ) -> Sequence[SessionId]:
        """Ends every living chain of a user, if need be all `but` one, and names them."""
        ...

    async def revoke_everybodys(self, *, at: datetime) -> int:
        """For the system: ends every living chain of the tenant; returns how many."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes, for the system, what ended before then: so many tokens, and chains without one."""
        ...


class SignInReads(Protocol):
    async def newest(
        self, actor: Actor, page: PageRequest[Key], *, here: Sequence[bytes]
    ) -> Page[SignInView, Key]:
        """The actor's own that live; `here` stands for the network that they ask from."""
        ...


class RefreshTokens(Protocol):
    def first(self, tenant_id: TenantId) -> str:
        """A new chain's token: 256 random bits."""
        ...

    def tenant_of(self, token: str) -> TenantId | None:
        """What a token says about itself, which is true if it is found there."""
        ...

    def successors(self, presented: str, tenant_id: TenantId) -> tuple[str, ...]:
        """What may follow a token: derived by each key of the ring, the newest first.

        Derived and not drawn, so that a lost response can be repeated though only hashes are kept.
        """
        ...


class Devices(Protocol):
    """Devices that signed in before; they keep what shows it."""

    def remembered(self, tenant_id: TenantId, address: str) -> tuple[str, str]:
        """What a device may show at later log-ins of this account, and its name."""
        ...

    def known(self, device: str, tenant_id: TenantId, address: str) -> str | None:
        """The device's name if it was made for this account, which may have forgotten it."""
        ...


class DeviceKeys(Protocol):
    """Keys that a device keeps for itself, and proves to have."""

    def proved(self, proof: Proof | None, *, token: str = "") -> bytes | None:
        """The thumbprint of the key; None without a proof. With a token, the proof must name it.

        Raises BadProof.
        """
        ...


class Networks(Protocol):
    def marks(self, user_id: UserId, network: str) -> tuple[bytes, ...]:
        """What stands for a network among one person's sign-ins, by each key, the newest first.

        It tells neither the network nor whether somebody else was there.
        """
        ...
