"""What accounts need from the outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skillbridge.application.accounts.views import Account, SentMail
from skillbridge.application.paging import Page, PageRequest
from skillbridge.domain.accounts.password import Strength
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.accounts.sign_in import SignIn
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid, Unavailable
from skillbridge.domain.ids import RegistrationId, SessionId, TenantId, UserId


class BrokenLink(Invalid):
    """The link is not one of ours, or not all of it came along."""


class TooBusy(Unavailable):
    """Too many people are signing in or registering at once; it passes within seconds."""


class Users(Protocol):
    """Accounts of the actor's tenant; removed ones are not there."""

    async def add(self, user: User) -> bool:
        """False, and nothing is stored, when the address has an account already."""
        ...

    async def get(self, user_id: UserId) -> User:
        """Locks the account; raises UnknownAccount."""
        ...

    async def peek(self, user_id: UserId) -> User:
        """Without the lock, for reading only; raises UnknownAccount."""
        ...

    async def find(self, user_id: UserId) -> User | None:
        """Without the lock; None where `peek` raises."""
        ...

    async def owner_of(self, email: str) -> User:
        """By the normalised address; locks the account; raises UnknownAccount."""
        ...

    async def with_email(self, email: str) -> User | None:
        """By the normalised address, without a lock."""
        ...

    async def save(self, user: User) -> None:
        """Raises StaleWrite."""


class Registrations(Protocol):
    """What waits to become an account.

    The pre-authentication principal and the system see those of their tenant.
    """

    async def add(self, registration: Registration) -> None: ...

    async def get(self, registration_id: RegistrationId) -> Registration | None:
        """Without a lock; None also for what has become an account or was forgotten."""
        ...

    async def of_address(self, email: str, *, at: datetime, limit: int) -> Sequence[Registration]:
        """Those that still wait at that time, the newest first."""
        ...

    async def end(self, email: str) -> Sequence[RegistrationId]:
        """Deletes every one of the address, and names them."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes, for the system, what waited until before then; returns how many."""
        ...


class SignIns(Protocol):
    """Chains of refresh tokens, which are known by their SHA-256."""

    async def add(self, sign_in: SignIn) -> None: ...

    async def presenting(self, token: bytes) -> SignIn:
        """Locks the chain that this token belongs to; raises SignInOver when there is none."""
        ...

    async def save(self, sign_in: SignIn) -> None:
        """Stores the move of a chain that `presenting` has locked."""

    async def revoke_all(self, user_id: UserId, *, at: datetime) -> Sequence[SessionId]:
        """Ends every living chain of a user and names them."""
        ...


class AccountReads(Protocol):
    async def newest(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        """For operators: accounts of the tenant that the actor may see, the newest first."""
        ...

    async def search(self, actor: Actor, words: str, page: PageRequest[str]) -> Page[Account, str]:
        """Those whose address or name holds the words, by address."""
        ...


class PasswordHasher(Protocol):
    """Slow on purpose; raises Unavailable when too many wait, altogether or from one network."""

    async def hash(self, password: str, *, network: str = "") -> str: ...

    async def matches(self, password: str, kept: str | None, *, network: str = "") -> bool:
        """Without a kept hash it takes as long and is False, so that time tells nothing."""
        ...

    def outdated(self, kept: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        ...


class PasswordStrength(Protocol):
    async def __call__(self, password: str, words: Sequence[str], *, network: str = "") -> Strength:
        """`words` are what an attacker knows about the owner. Raises Unavailable as a hasher does."""
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

    def remembered(self, tenant_id: TenantId, address: str) -> str:
        """What a device may show at later log-ins of this account."""
        ...

    def known(self, device: str, tenant_id: TenantId, address: str) -> str | None:
        """The device's name if this account signed in there before."""
        ...


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification link says; whether that registration still waits, the rows say."""

    tenant_id: TenantId
    registration_id: RegistrationId


class Links(Protocol):
    """Links that prove by themselves that we wrote them."""

    def to_verify(self, registration: Registration) -> str: ...

    def opened(self, token: str) -> Verification:
        """Raises BrokenLink."""
        ...


@dataclass(frozen=True, slots=True)
class Mail:
    key: str
    """Becomes the Message-ID: the same mail sent twice is told to be one."""
    to: str
    subject: str
    text: str
    html: str


class Mailer(Protocol):
    async def send(self, mail: Mail) -> None:
        """Hands over one mail.

        Raises Unavailable when that is worth another try, and RefusedForGood when it is not.
        """


class Mailbox(Protocol):
    """Where local mails end, to be read by whoever develops."""

    async def newest(self, *, limit: int) -> Sequence[SentMail]: ...
