"""Codes go out as texts: once each, and never a second time where nobody knows of the first."""

import logging
from dataclasses import dataclass

from skillbridge.application.accounts.mail_words import IF_IT_WAS_YOU
from skillbridge.application.accounts.mails import MailToOwner
from skillbridge.application.accounts.ports.phones import (
    OutcomeUnknown,
    Phones,
    Sms,
    SmsSender,
    SmsUnavailable,
)
from skillbridge.application.accounts.ports.proofs import OneTimeProofs, ProofSecrets
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.accounts.proof_mails import NOT_YOU
from skillbridge.application.accounts.texted_codes import TextedCodes
from skillbridge.application.ports.jobs import RefusedForGood, Step
from skillbridge.domain.accounts.one_time_proof import Purpose
from skillbridge.domain.accounts.phone import Phone, TextState
from skillbridge.domain.actor import Actor
from skillbridge.domain.events.accounts import PhoneRemoved, PhoneVerified, TextedCodeRequested

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SendTextedCode:
    """The code of an event, to the phone of its account; the job knows ids alone.

    That it is handed over is stored before: a worker that dies meanwhile leaves a text that nobody sends
    again, for another would cost money and end the code that may have arrived. Its owner is shown so, and asks
    for a new one.
    """

    step: Step
    users: Users
    proofs: OneTimeProofs
    secrets: ProofSecrets
    phones: Phones
    codes: TextedCodes
    sender: SmsSender

    async def __call__(self, actor: Actor, event: TextedCodeRequested) -> None:
        begun = await self._begun(actor, event)
        if begun is None:
            return
        phone, sms = begun
        try:
            await self._end(actor, phone, await self._sent(sms))
        except SmsUnavailable:
            await self._end(actor, phone, TextState.WAITING)
            raise

    async def _end(self, actor: Actor, phone: Phone, state: TextState) -> None:
        phone.text_state = state
        async with self.step(actor):
            await self.phones.end_text(phone)

    async def _begun(self, actor: Actor, event: TextedCodeRequested) -> tuple[Phone, Sms] | None:
        async with self.step(actor) as tx:
            proof, now = await self.proofs.get(event.proof_id), await tx.now()
            if proof is None or proof.user_id is None or not proof.open(at=now):
                return None
            await self.users.get(proof.user_id)  # two texts to one phone take turns
            pending = proof.purpose is Purpose.VERIFY_PHONE
            phone = await self.phones.of(proof.user_id, verified=not pending)
            if phone is None:
                return None
            fresh = phone.begin_text(proof.id)
            await self.phones.begin_text(phone)
        if not fresh:
            log.warning("sms.not_sent_again", extra={"proof": str(proof.id)})
            return None
        code = self.secrets.code(proof)
        text = f"SkillBridge code: {code}. Tell it to nobody: we never ask for it."
        return phone, Sms(str(proof.id), self.codes.number_of(phone), text)

    async def _sent(self, sms: Sms) -> TextState:
        """Raises SmsUnavailable, where another try is safe."""
        try:
            await self.sender.send(sms)
        except OutcomeUnknown as error:
            log.warning("sms.outcome_unknown", extra={"proof": sms.key, "reason": str(error)})
            return TextState.UNKNOWN
        except RefusedForGood as error:
            log.warning("sms.refused", extra={"proof": sms.key, "reason": str(error)})
            return TextState.REFUSED
        return TextState.SENT


class TellOfPhone(MailToOwner):
    """The owner learns of every change, by mail: whoever has the phone may not be them."""

    async def __call__(self, actor: Actor, event: PhoneVerified | PhoneRemoved) -> None:
        added = isinstance(event, PhoneVerified)
        await self.send(
            actor,
            event,
            "Your account has a phone now" if added else "Your account has no phone any more",
            "A phone number was confirmed for your SkillBridge account. Codes may be sent to it by SMS."
            if added
            else "The phone number of your SkillBridge account was removed.",
            f"{IF_IT_WAS_YOU} {NOT_YOU}",
        )
