"""Who somebody is elsewhere: an identity of a provider that signs people in, and whose account it is.

An identity is known by its issuer and by the subject that the issuer gave it, and by nothing else: a
name at the provider is given away and taken again, and so is an address. An address that the provider
has verified makes an account where there is none. It never joins one that is there: whoever has that one
proves it first, and links the identity then.
"""

from dataclasses import dataclass
from datetime import datetime

from skillbridge.domain.accounts.user import REASON, User
from skillbridge.domain.errors import Conflict, Forbidden, Invalid, NotFound
from skillbridge.domain.events.accounts import EmailVerified, IdentityLinked, IdentityUnlinked
from skillbridge.domain.events.event import Event
from skillbridge.domain.ids import IdentityId, TenantId, UserId
from skillbridge.domain.profiles.profile import NAME, Details, Profile

LONGEST_SUBJECT = 255
"""OpenID Connect Core 1.0 section 2."""
UNNAMED = "New learner"
LINK_AT = "PUT /v1/me/identities/authorization"
"""Where an identity of a provider that the browser is sent to is linked."""


class UnknownProvider(NotFound):
    """This installation signs nobody in by a provider of that name."""

    def __init__(self) -> None:
        super().__init__(
            "this installation knows no such provider: GET /v1/auth/providers lists those that it does"
        )


class UnknownIdentity(NotFound):
    """No such identity of yours."""

    def __init__(self) -> None:
        super().__init__("no such identity is linked to your account: see GET /v1/me/identities")


class NoVerifiedAddress(Forbidden):
    """The provider vouches for no address by which the person can be reached."""

    def __init__(self, provider: str) -> None:
        super().__init__(
            f"{provider} tells no e-mail address of yours that it has verified: verify the primary one there "
            "and come back, or register here with an address and a password"
        )


class AddressHasAccount(Conflict):
    """The address has an account here, which an address alone does not open."""

    def __init__(self, provider: str, link_at: str = LINK_AT) -> None:
        super().__init__(
            "your e-mail address has an account here already: log in to that as usual (a forgotten password "
            f"is set anew at /v1/auth/password/forgot), then link {provider} at {link_at}"
        )


class IdentityTaken(Conflict):
    """The identity is linked to another account; whose, nobody is told."""

    def __init__(self) -> None:
        super().__init__(
            "this identity is linked to another account: sign in with it to see which, and unlink it there"
        )


class ProviderLinked(Conflict):
    """The account has another identity of this provider."""

    def __init__(self) -> None:
        super().__init__(
            "your account is linked to another identity of this provider: unlink that one first"
        )


@dataclass(frozen=True, slots=True)
class Identity:
    id: IdentityId
    tenant_id: TenantId
    user_id: UserId
    issuer: str
    subject: str
    created_at: datetime

    def linked(self, *, at: datetime) -> tuple[Event, ...]:
        """Its owner is told."""
        return (IdentityLinked(user_id=self.user_id, issuer=self.issuer, at=at),)

    def unlinked(self, *, at: datetime) -> tuple[Event, ...]:
        """Its owner is told."""
        return (IdentityUnlinked(user_id=self.user_id, issuer=self.issuer, at=at),)

    def taken(self, why: str, *, at: datetime) -> tuple[Event, ...]:
        """By an operator, even where it is the last way in; its owner is told. Raises UnfitReason."""
        reason = REASON(why, "reason")
        return (IdentityUnlinked(user_id=self.user_id, issuer=self.issuer, reason=reason, at=at),)


@dataclass(frozen=True, slots=True)
class IdentityClaims:
    """What a provider says about who came."""

    issuer: str
    subject: str
    email: str | None = None
    """Normalised, and verified by the provider; None where it vouches for none."""
    name: str = ""
    """As people choose it there."""
    account_id: UserId | None = None
    """The id that an account made for it gets, where the issuer's subject can be ours, too."""

    def of(self, id_: IdentityId, user: User, *, at: datetime) -> Identity:
        """The same, as that of an account."""
        return Identity(id_, user.tenant_id, user.id, self.issuer, self.subject, at)

    def account(
        self, user_id: UserId, tenant_id: TenantId, email: str, *, at: datetime
    ) -> tuple[User, Profile, tuple[Event, ...]]:
        """The one that it makes, without a password: the provider has shown who reads the address."""
        user = User(user_id, tenant_id, email, None, email_verified_at=at)
        profile = Profile(user_id, Details(fitting_name(self.name, email)))
        return user, profile, (EmailVerified(user_id=user_id, at=at),)


def fitting_name(claimed: str, email: str) -> str:
    """The claimed one if it is a name by our rules, else what the address begins with."""
    for name in (claimed[: NAME.most], email.partition("@")[0]):
        try:
            return Details(name).name
        except Invalid:
            continue
    return UNNAMED
