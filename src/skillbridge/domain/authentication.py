"""How and when somebody proved who they are, and what that is good for.

A proof counts in the access token that was issued upon it and in none after it, so that neither a
refresh nor an answer that is given again carries it on. Sources: RFC 9470 (step-up), RFC 8176 (the
names of methods), NIST SP 800-63B section 2 (assurance levels).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from skillbridge.domain.actor import Actor
from skillbridge.domain.errors import Unproven

LATELY = timedelta(minutes=10)


class Method(StrEnum):
    """By the names that RFC 8176 gives them in `amr`."""

    PASSWORD = "pwd"  # noqa: S105  # the name of a method
    CODE = "otp"
    """Of an authenticator app, or a recovery code in its place."""
    MAIL = "email"
    """A code that was mailed, for which RFC 8176 has no name: who read it reads the account's mails."""
    SMS = "sms"
    """A code that was texted to the account's phone."""
    FEDERATED = "fed"
    """An identity of somebody else's, for which RFC 8176 has no name."""
    KEY = "pop"
    """Proof of possession of a key. Whether hardware keeps it, nobody can say who asks for no attestation."""
    PRESENCE = "user"
    """Its owner was there."""
    SEVERAL = "mfa"
    """More factors than one."""


PASSKEY = (Method.KEY, Method.PRESENCE, Method.SEVERAL)
"""A key whose owner was verified where it is kept, by a finger or a PIN: two factors at once."""


@dataclass(frozen=True, slots=True)
class Authentication:
    """What was shown, and when it was."""

    methods: frozenset[Method]
    at: datetime

    @property
    def level(self) -> str:
        """`aal2` where a second factor was shown beside the first, or a passkey, else `aal1`."""
        return "aal2" if len(self.methods) > 1 else "aal1"


class StepUpNeeded(Unproven):
    """This wants a proof of the last ten minutes, and the access token has none."""

    def __init__(self) -> None:
        super().__init__(
            "prove first that it is still you: PUT /v1/me/authentication, with a code of your "
            "authenticator app if you have set one up, else with your password, answers an access token "
            "that is good for this; so does a code by mail, if you chose these, at "
            "/v1/me/authentication/email/begin, or by SMS at /v1/me/authentication/sms/begin; so does a passkey at /v1/me/authentication/passkey/begin, and so does "
            "logging in again, by a mailed code (/v1/auth/otp/request) too, but not by Supabase"
        )


def must_have_proved_lately(actor: Actor, *, at: datetime, since: datetime | None = None) -> None:
    """Before what a thief of an access token would do first; and not before `since`. Raises StepUpNeeded.

    A token tells whole seconds, so a proof may be of any moment of its second.
    """
    proved_at = actor.proved_at
    if proved_at is None or at - proved_at > LATELY:
        raise StepUpNeeded
    if since is not None and proved_at < since.replace(microsecond=0):
        raise StepUpNeeded
