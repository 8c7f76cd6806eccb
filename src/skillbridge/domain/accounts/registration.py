"""A registration that waits: no account yet, and nobody's until the mail was answered.

Anybody can register any address, and as often as they like. Each registration stands by itself,
with its own password and name. Who opens a link that was mailed to the address reads its mails; who
knows the password of a registration made it. Only who is both has it become the account, whole, and
whatever else waited for the address ends. Any link of the address serves, also one of a stranger's
registration: the password alone decides which one it is.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from skillbridge.domain.accounts.one_time_proof import TRIES
from skillbridge.domain.accounts.user import User, WrongCredentials
from skillbridge.domain.errors import Conflict
from skillbridge.domain.events.accounts import (
    EmailVerified,
    RegistrationStarted,
    VerificationRequested,
)
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import RegistrationId, TenantId, UserId
from skillbridge.domain.profiles.profile import Details, Profile

LIFE = timedelta(hours=24)


class LinkOutdated(Conflict):
    """This registration waits no longer: it is too old, or the address has its account."""

    def __init__(self) -> None:
        super().__init__(
            "this link is no longer valid: log in if your address is confirmed already, "
            "or ask for a new mail, or register again"
        )


class CodeOrPasswordWrong(WrongCredentials):
    """Which of them, or whether anything waits for the address, is not told."""

    def __init__(self) -> None:
        super().__init__(
            "the code or the password is wrong, a newer mail has replaced the code, or it was guessed at too "
            "often: open the link of the newest mail, or log in if your address is confirmed already"
        )


@dataclass(frozen=True, slots=True)
class Registration:
    id: RegistrationId
    tenant_id: TenantId
    email: str
    password_hash: str
    name: str
    expires_at: datetime
    tries: int = 0
    """Guesses at the code of its mail: of `TRIES`, as at any mailed code."""
    mailed: bool = True
    """Whether a mail holds its code: one that no mail holds is guessed at by nobody."""

    @property
    def code_serves(self) -> bool:
        return self.mailed and self.tries < TRIES

    @classmethod
    def start(
        cls,
        id_: RegistrationId,
        tenant_id: TenantId,
        email: str,
        password_hash: str,
        name: str,
        *,
        mailed: bool,
        at: datetime,
    ) -> tuple["Registration", tuple[Event, ...]]:
        """Waits for a day."""
        made = cls(id_, tenant_id, email, password_hash, name, at + LIFE, mailed=mailed)
        return made, (RegistrationStarted(registration_id=id_, mailed=mailed, at=at),)

    def over(self, *, at: datetime) -> bool:
        return at >= self.expires_at

    def ask_again(self, *, at: datetime) -> tuple[Event, ...]:
        """Its mail is wanted once more; the time it waits stays as it was."""
        return (VerificationRequested(registration_id=self.id, at=at),)

    def confirm(self, *, at: datetime) -> tuple[User, Profile, tuple[Event, ...]]:
        """The account that it becomes, known by the same id. Raises LinkOutdated."""
        if self.over(at=at):
            raise LinkOutdated
        user_id = UserId(self.id)
        user = User(user_id, self.tenant_id, self.email, self.password_hash, email_verified_at=at)
        return user, Profile(user_id, Details(self.name)), (EmailVerified(user_id=user_id, at=at),)
