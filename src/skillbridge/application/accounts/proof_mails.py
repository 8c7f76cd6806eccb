"""The mails around a one-time proof: the one that is answered, and those that tell what was done."""

from dataclasses import dataclass

from skillbridge.application.accounts.mail_words import IF_IT_WAS_YOU
from skillbridge.application.accounts.mails import DEVICES, MailToOwner, mail
from skillbridge.application.accounts.ports.proofs import OneTimeProofs, ProofSecrets
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.tenant_mailer import TenantMailer
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.accounts.device import DeviceKind
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, Purpose
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import (
    AddressChanged,
    AddressChangeRequested,
    FactorCodeRequested,
    PasswordChanged,
    PasswordResetRequested,
    SignInCodeRequested,
)
from skillbridge.domain.events.event import Event


@dataclass(frozen=True, slots=True)
class _SendProof:
    transaction: Transaction
    users: Users
    proofs: OneTimeProofs
    secrets: ProofSecrets
    mailer: TenantMailer

    async def open(
        self,
        actor: Actor,
        event: PasswordResetRequested
        | AddressChangeRequested
        | SignInCodeRequested
        | FactorCodeRequested,
    ) -> tuple[OneTimeProof, str] | None:
        """The proof and the address of its account; None for what nobody can answer any more."""
        async with self.transaction(actor, read_only=True) as tx:
            proof, now = await self.proofs.get(event.proof_id), await tx.now()
            if proof is None or proof.user_id is None or not proof.open(at=now):
                return None
            return proof, (await self.users.peek(proof.user_id)).email

    async def send(
        self, event: Event, proof: OneTimeProof, to: str, subject: str, ask: str, otherwise: str
    ) -> None:
        await self.mailer.send(
            proof.tenant_id,
            mail(
                event,
                to,
                subject,
                f"{ask}, open this link:",
                self.secrets.link(proof),
                f"Or type this code where you asked for it: {self.secrets.code(proof)}",
                f"Link and code are good once, until {proof.expires_at:%H:%M} UTC. Give them to nobody: "
                "we never ask for them.",
                otherwise,
            ),
        )


class SendResetMail(_SendProof):
    """Who reads the mails of an account may set its password. Nobody is mailed where there is none."""

    async def __call__(self, actor: Actor, event: PasswordResetRequested) -> None:
        if found := await self.open(actor, event):
            proof, address = found
            await self.send(
                *(event, proof, address),
                "Set a new password",
                "To set a new password of your SkillBridge account",
                "If you did not ask for this, you need do nothing: your password stays as it is.",
            )


class SendSignInCode(_SendProof):
    """Who reads the mails of an account may sign in to it.

    There is no link: what opens links by itself signs nobody in, and a code is typed where it was asked for.
    """

    async def __call__(self, actor: Actor, event: SignInCodeRequested) -> None:
        if found := await self.open(actor, event):
            proof, address = found
            kind = DEVICES[DeviceKind(event.device)]
            await self.mailer.send(
                actor.tenant_id,
                mail(
                    event,
                    address,
                    "Your code to sign in",
                    f"Somebody asked at {event.at:%H:%M} UTC, on {kind}, to sign in to your SkillBridge account. "
                    f"If it was you, type this code there: {self.secrets.code(proof)}",
                    f"It is good once, until {proof.expires_at:%H:%M} UTC, and only where it was asked for.",
                    "Give it to nobody: whoever asks you for it, by mail, by phone or in person, is not from "
                    "SkillBridge and wants your account.",
                    "If you did not ask for this, you need do nothing: nobody signs in without the code.",
                ),
            )


_FOR = {
    Purpose.SET_UP_FACTOR: "is logged in to your SkillBridge account and wants codes mailed to you as its "
    "second factor",
    Purpose.SECOND_FACTOR: "knows the password of your SkillBridge account, or another first proof of it, and "
    "wants to log in",
    Purpose.STEP_UP: "is logged in to your SkillBridge account and wants to change how it is signed in to",
}


class SendFactorCode(_SendProof):
    """Who showed the first factor shows that they read the mails of the account, too."""

    async def __call__(self, actor: Actor, event: FactorCodeRequested) -> None:
        if found := await self.open(actor, event):
            proof, address = found
            kind = DEVICES[DeviceKind(event.device)]
            await self.mailer.send(
                actor.tenant_id,
                mail(
                    event,
                    address,
                    "Your code",
                    f"Somebody, on {kind}, {_FOR[Purpose(event.purpose)]}. If it was you, type this code there: "
                    f"{self.secrets.code(proof)}",
                    f"It is good once, until {proof.expires_at:%H:%M} UTC. Give it to nobody: whoever asks you "
                    "for it is not from SkillBridge and wants your account.",
                    NOT_YOU,
                ),
            )


class SendAddressMail(_SendProof):
    """Who reads the mails of the new address is asked whether it shall be the account's."""

    async def __call__(self, actor: Actor, event: AddressChangeRequested) -> None:
        if found := await self.open(actor, event):
            proof, _ = found
            await self.send(
                *(event, proof, proof.new_address),
                "Confirm your new e-mail address",
                "To make this the address of your SkillBridge account",
                "If you did not ask for this, do not open the link: then nothing changes.",
            )


@dataclass(frozen=True, slots=True)
class _TellFormer:
    transaction: Transaction
    proofs: OneTimeProofs
    mailer: TenantMailer

    async def tell(
        self,
        actor: Actor,
        event: AddressChangeRequested | AddressChanged,
        subject: str,
        *words: str,
    ) -> None:
        """A proof that is gone was replaced by one whose own mail tells the same, or ended unused."""
        async with self.transaction(actor, read_only=True):
            proof = await self.proofs.get(event.proof_id)
        if proof is not None and proof.former_email is not None:
            told = mail(event, proof.former_email, subject, *words, part="former")
            await self.mailer.send(actor.tenant_id, told)


NOT_YOU = (
    "If it was not you, set a new password at once: ask for the mail for a forgotten password. That ends "
    "every sign-in."
)


class TellAddressChangeRequested(_TellFormer):
    """The present address learns at once that another is wanted."""

    async def __call__(self, actor: Actor, event: AddressChangeRequested) -> None:
        await self.tell(
            actor,
            event,
            "Your e-mail address is about to change",
            "Somebody who is signed in to your SkillBridge account, and knows its password, wants it to "
            "have another e-mail address. It changes once that address is confirmed.",
            f"{IF_IT_WAS_YOU} {NOT_YOU}",
        )


class TellAddressChanged(_TellFormer):
    """The former address learns that it is the account's no more."""

    async def __call__(self, actor: Actor, event: AddressChanged) -> None:
        await self.tell(
            actor,
            event,
            "Your e-mail address was changed",
            "Your SkillBridge account has another e-mail address now, which was confirmed. Nothing is "
            "mailed to this one any more.",
            "If it was not you, write to whoever runs this installation at once.",
        )


class TellPasswordChanged(MailToOwner):
    """The owner learns that the account has another password."""

    async def __call__(self, actor: Actor, event: PasswordChanged) -> None:
        await self.send(
            actor,
            event,
            "Your password was changed",
            "Your SkillBridge account has a new password, and other devices have to log in again.",
            "Its passkeys and linked identities, if it has any, still sign in: look at the lists of both, and "
            "take away those that are not yours.",
            f"{IF_IT_WAS_YOU} {NOT_YOU}",
        )
