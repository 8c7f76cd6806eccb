"""What happens to accounts."""

from datetime import datetime

from skillbridge.domain.events.event import Category, Event, audited, event
from skillbridge.domain.ids import ApiTokenId, PasskeyId, ProofId, RegistrationId, SessionId, UserId


@event
class RegistrationStarted(Event):
    """Somebody wants an account; whoever reads the mails of the address decides."""

    registration_id: RegistrationId
    mailed: bool = True
    """Not when the address had its mails of the hour: a link of one of these serves as well."""


@event
class RegistrationRepeated(Event):
    """Somebody registered an address that already has an account: its owner is told."""

    user_id: UserId
    mailed: bool = True
    """Not when the address had its mails of the hour."""


@event
class VerificationRequested(Event):
    """The mail did not come: whoever waits for it wants a link once more."""

    registration_id: RegistrationId


@audited(Category.IAM)
@event
class EmailVerified(Event):
    """An address was confirmed, and this account made for it."""

    user_id: UserId


@event
class PasswordResetRequested(Event):
    """Somebody forgot a password; the proof knows of which account, if of any."""

    proof_id: ProofId


@event
class SignInCodeRequested(Event):
    """Somebody wants to sign in by a code; the proof knows to which account, if to any."""

    proof_id: ProofId
    device: str
    """A `DeviceKind`."""


@event
class FactorCodeRequested(Event):
    """Somebody who showed the first factor wants the code of a mail as the second."""

    proof_id: ProofId
    purpose: str
    device: str
    """A `DeviceKind`."""


@audited(Category.IAM)
@event
class PasswordChanged(Event):
    """An account has another password: its owner is told."""

    user_id: UserId


@audited(Category.INTRUSION)
@event
class PasswordGuessed(Event):
    """So many wrong passwords came that the next one waits for the longest time: the owner is told."""

    user_id: UserId
    """Of no account where the address has none."""


@audited(Category.INTRUSION)
@event
class CodesGuessed(Event):
    """The password was right, and then wrong codes came: the owner is told."""

    user_id: UserId


@audited(Category.IAM)
@event
class AddressChangeRequested(Event):
    """Whoever is signed in wants another address: that one is asked, and the present one told."""

    user_id: UserId
    proof_id: ProofId


@audited(Category.IAM)
@event
class AddressChanged(Event):
    """The new address was confirmed and is the account's: the former one is told."""

    user_id: UserId
    proof_id: ProofId


@audited(Category.IAM)
@event
class IdentityLinked(Event):
    """From now on an account can be signed in to by an identity of this issuer: the owner is told."""

    user_id: UserId
    issuer: str


@audited(Category.IAM)
@event
class IdentityUnlinked(Event):
    """That way in is closed again: the owner is told."""

    user_id: UserId
    issuer: str
    reason: str = ""
    """In the words of the operator who closed it, which are not told; none where its owner did."""


@audited(Category.IAM)
@event
class MentoringBarred(Event):
    """An operator disabled an account or took the role of a mentor from it."""

    user_id: UserId
    reason: str = ""
    """In the operator's words, which are not told; none where `RoleRevoked` has them."""


@audited(Category.IAM)
@event
class AccountEnabled(Event):
    """An operator let the owner of a disabled account sign in again."""

    user_id: UserId
    reason: str = ""
    """In the operator's words, which are not told."""


@audited(Category.AUTHENTICATION)
@event
class SignInsRevoked(Event):
    """An operator ended every sign-in and token of an account: nothing follows, and why is kept."""

    user_id: UserId
    reason: str
    """In the operator's words, which are not told."""


@audited(Category.IAM)
@event
class RoleGranted(Event):
    """An operator gave an account a role: its owner is told."""

    user_id: UserId
    role: str
    reason: str
    """In the operator's words, which are not told."""


@audited(Category.IAM)
@event
class RoleRevoked(Event):
    """An operator took a role from an account: its owner is told."""

    user_id: UserId
    role: str
    reason: str
    """In the operator's words, which are not told."""


@audited(Category.AUTHENTICATION)
@event
class DeviceSignedIn(Event):
    """Somebody signed in on a device that the account did not know."""

    user_id: UserId
    device: str
    """A `DeviceKind`."""
    mailed: bool = True
    """Not when its owner had the mails of the hour about this."""


@audited(Category.INTRUSION)
@event
class SessionStolen(Event):
    """A refresh token came back after its successor was used: the whole family is revoked."""

    user_id: UserId


@audited(Category.IAM)
@event
class SecondFactorAdded(Event):
    """From now on a code is asked for beside the password: the owner is told."""

    user_id: UserId
    kind: str = "app"
    """A `FactorKind`."""


@audited(Category.IAM)
@event
class SecondFactorRemoved(Event):
    """The password alone is enough again: the owner is told."""

    user_id: UserId
    reason: str = ""
    """In the words of the operator who removed it, which are not told; none where its owner did."""


@audited(Category.AUTHENTICATION)
@event
class RecoveryCodeUsed(Event):
    """Somebody got in without the authenticator app: the owner is told."""

    user_id: UserId
    left: int
    """Recovery codes that are still good."""


@audited(Category.IAM)
@event
class RecoveryCodesReplaced(Event):
    """The older recovery codes are good no more: the owner is told."""

    user_id: UserId


@event
class TextedCodeRequested(Event):
    """Somebody who showed a first factor is texted a code, to the phone of their account."""

    proof_id: ProofId
    purpose: str
    """A `Purpose`."""


@audited(Category.IAM)
@event
class PhoneVerified(Event):
    """The account has a phone, or another one: the owner is told."""

    user_id: UserId


@audited(Category.IAM)
@event
class PhoneRemoved(Event):
    """The account has no phone any more: the owner is told."""

    user_id: UserId


@audited(Category.IAM)
@event
class PasskeyAdded(Event):
    """A passkey signs in to the account from now on: the owner is told."""

    user_id: UserId
    passkey_id: PasskeyId


@audited(Category.IAM)
@event
class PasskeyRemoved(Event):
    """A passkey signs in no more: the owner is told."""

    user_id: UserId
    passkey_id: PasskeyId
    reason: str = ""
    """In the words of the operator who removed it, which are not told; none where its owner did."""


@audited(Category.INTRUSION)
@event
class PasskeyCopied(Event):
    """A passkey's counter went back, so that it was refused: the owner is told."""

    user_id: UserId
    passkey_id: PasskeyId


@audited(Category.IAM)
@event
class PersonalTokenCreated(Event):
    """A program may act for this account from now on: its owner is told."""

    user_id: UserId
    scopes: tuple[str, ...]
    expires_at: datetime


@audited(Category.AUTHENTICATION)
@event
class SignedIn(Event):
    """A sign-in began."""

    user_id: UserId
    session_id: SessionId


@audited(Category.AUTHENTICATION)
@event
class SignInsEnded(Event):
    """Sign-ins of an account ended, and tokens of it where an operator or a new password ended them."""

    user_id: UserId
    number: int


@audited(Category.AUTHENTICATION, subject="")
@event
class EverySignInEnded(Event):
    """An operator ended every sign-in and token of the tenant."""

    number: int


@audited(Category.IAM)
@event
class PersonalTokenRevoked(Event):
    """A program acts for this account no more."""

    user_id: UserId
    token_id: ApiTokenId


@audited(Category.IAM, subject="")
@event
class ServiceTokenCreated(Event):
    """A program of the tenant's own may act from now on; one that had the name ended."""

    token_id: ApiTokenId
    label: str
    """The name that its operator gave it."""
    scopes: tuple[str, ...]
    expires_at: datetime


@audited(Category.IAM, subject="")
@event
class ServiceTokenRevoked(Event):
    """A program of the tenant's own acts no more."""

    token_id: ApiTokenId
    label: str
    """The name that its operator gave it."""
