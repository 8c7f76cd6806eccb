"""What a mail holds that is answered once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from skillbridge.domain.accounts.one_time_proof import OneTimeProof, Purpose
from skillbridge.domain.accounts.registration import Registration
from skillbridge.domain.errors import Invalid
from skillbridge.domain.ids import ProofId, RegistrationId, TenantId, UserId


class BrokenLink(Invalid):
    """The link is not one of ours, or not all of it came along."""


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

        To be committed before the code is looked at. An account that has none may be given one that is
        nobody's, counted as well: whoever asks for a mail and guesses learns nothing from the time it
        takes, nor from how often it takes that, about whether there is such an account.
        """
        ...

    async def guess_at(self, proof_id: ProofId, *, at: datetime) -> OneTimeProof | None:
        """Counts a guess at the code of this one, if it is open, and also if it is nobody's.

        To be committed before the code is looked at; None where five were made.
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


@dataclass(frozen=True, slots=True)
class Verification:
    """What a verification link says; whether that registration still waits, the rows say."""

    tenant_id: TenantId
    registration_id: RegistrationId


class Links(Protocol):
    """Links that prove by themselves that we wrote them, and the codes beside them."""

    def to_verify(self, registration: Registration) -> str: ...

    def code(self, registration: Registration) -> str:
        """Eight digits, of which nothing is stored."""
        ...

    def is_code(self, typed: str, registration: Registration) -> bool:
        """However it is spaced."""
        ...

    def opened(self, token: str) -> Verification:
        """Raises BrokenLink."""
        ...


@dataclass(frozen=True, slots=True)
class MailedProof:
    """What the link or the challenge of a one-time proof says; whether it is open, the rows say."""

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

    def challenge(self, proof: OneTimeProof) -> str:
        """What who asked for a code keeps, and no mail holds: the code is of no use without it."""
        ...

    def asked(self, challenge: str, purpose: Purpose) -> MailedProof:
        """Raises CodeRefused, also for the challenge of another purpose."""
        ...

    def is_code(self, typed: str, proof: OneTimeProof) -> bool:
        """However it is spaced."""
        ...
