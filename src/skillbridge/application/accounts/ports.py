"""What accounts need from the outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skillbridge.application.accounts.views import (
    Account,
    SecondFactorState,
    SentMail,
    SignInView,
)
from skillbridge.application.paging import Key, Page, PageRequest
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, Purpose
from skillbridge.domain.accounts.password import Strength
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.accounts.second_factor import Challenge, SecondFactor
from skillbridge.domain.accounts.sign_in import Proof, SignIn
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Invalid, Unavailable, Unproven
from skillbridge.domain.ids import ProofId, RegistrationId, SessionId, TenantId, UserId


class BrokenLink(Invalid):
    """The link is not one of ours, or not all of it came along."""


class BadProof(Unproven):
    """The proof of a device's key does not hold; the words say what is wrong with it."""


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
        """Raises StaleWrite, and AddressTaken where another account has this address."""


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


class OneTimeProofs(Protocol):
    """What was mailed and may be answered once.

    The pre-authentication principal and the system see those of their tenant.
    """

    async def replace(self, proof: OneTimeProof) -> None:
        """Stores one; an unused one of the same account and purpose is gone."""

    async def get(self, proof_id: ProofId) -> OneTimeProof | None:
        """Without a lock, used ones as well; None for what was replaced, ended or forgotten."""
        ...

    async def guess(
        self, purpose: Purpose, user_id: UserId, *, at: datetime
    ) -> OneTimeProof | None:
        """Counts a guess at the code of the open one; None where none is open or five were made.

        To be committed before the code is looked at.
        """
        ...

    async def use(self, proof_id: ProofId, *, at: datetime) -> bool:
        """False when it is used, too old or gone: of two at once, one gets True."""
        ...

    async def end(self, user_id: UserId) -> int:
        """Deletes what this account has not used, whatever its purpose; returns how many."""
        ...

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Deletes, for the system, what was open until before then; returns how many."""
        ...


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


class SecondFactors(Protocol):
    """One for an account, of the tenant; for the pre-authentication principal and the system."""

    async def of(self, user_id: UserId) -> SecondFactor | None:
        """Locks it."""
        ...

    async def peek(self, user_id: UserId) -> SecondFactor | None:
        """Without the lock, for reading only."""
        ...

    async def put(self, factor: SecondFactor) -> None:
        """In the place of the one that the account had, if it had one."""

    async def remove(self, user_id: UserId) -> None: ...

    async def not_sealed_by(self, key: bytes, *, limit: int) -> Sequence[SecondFactor]:
        """Those whose secret another key has sealed, without a lock."""
        ...

    async def reseal(self, factor: SecondFactor, sealed_secret: bytes) -> None:
        """The same secret in another seal; nothing where it is another secret by now."""


class AccountReads(Protocol):
    async def newest(self, actor: Actor, *, limit: int) -> Sequence[Account]:
        """For operators: accounts of the tenant that the actor may see, the newest first."""
        ...

    async def search(self, actor: Actor, words: str, page: PageRequest[str]) -> Page[Account, str]:
        """Those whose address or name holds the words, by address."""
        ...


class SecondFactorReads(Protocol):
    async def of(self, actor: Actor) -> SecondFactorState:
        """The actor's own."""
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


@dataclass(frozen=True, slots=True)
class NewSecret:
    """What an authenticator app is told, and how it is kept here."""

    shown: str
    """Base 32, to be typed."""
    sealed: bytes


class Authenticators(Protocol):
    """Codes of authenticator apps (TOTP, RFC 6238): six digits, 30 seconds, HMAC-SHA-1."""

    @property
    def key(self) -> bytes:
        """What everything begins with that the present key seals."""
        ...

    def new_secret(self, user_id: UserId) -> NewSecret:
        """160 random bits."""
        ...

    def uri(self, secret: str, email: str) -> str:
        """What the app reads from a QR code: `otpauth://totp/…`."""
        ...

    def step_of(self, factor: SecondFactor, code: str, *, at: datetime) -> int | None:
        """The newest step that this code stands for, of those accepted at that time; None for none."""
        ...

    def sealed_anew(self, factor: SecondFactor) -> bytes:
        """Its secret under the present key, so that an older one may be retired."""
        ...

    def recovery_codes(self) -> Sequence[str]:
        """Ten new ones of 80 random bits each, in base 32."""
        ...


class Challenges(Protocol):
    """Halves of log-ins, which prove by themselves that we wrote them."""

    def written(self, challenge: Challenge) -> str: ...

    def read(self, text: str) -> Challenge:
        """Raises ChallengeOver for what is none of ours."""
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
class MailedProof:
    """What the link of a one-time proof says; whether it is open, the rows say."""

    tenant_id: TenantId
    proof_id: ProofId


class ProofSecrets(Protocol):
    """What a mail holds to answer it with: made of the proof's id, so that none of it is stored."""

    def link(self, proof: OneTimeProof) -> str:
        """With a token of 256 bits that nobody without the keys can make."""
        ...

    def code(self, proof: OneTimeProof) -> str:
        """Eight digits."""
        ...

    def opened(self, token: str, purpose: Purpose) -> MailedProof:
        """Raises BrokenLink, also for the link of another purpose."""
        ...

    def is_code(self, typed: str, proof: OneTimeProof) -> bool:
        """However it is spaced."""
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
