"""Another address: the new one is asked, the present one is told, and who reads the new one decides."""

from dataclasses import dataclass, replace
from uuid import uuid4

from skillbridge.application.accounts.attempts import HOUR, Allowance, take
from skillbridge.application.accounts.ports.proofs import OneTimeProofs
from skillbridge.application.accounts.ports.users import Registrations
from skillbridge.application.accounts.present_password import ByPresentPassword
from skillbridge.application.accounts.proofs import Answering
from skillbridge.application.accounts.registration import MAILS_ASKED, mails_to
from skillbridge.domain.accounts import email_address
from skillbridge.domain.accounts.email_address import BadEmail
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, ProofOutdated, Purpose
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import AddressTaken
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import ProofId


@dataclass(frozen=True, slots=True)
class RequestAddressChange(ByPresentPassword):
    """Who is signed in, and gives the present password, wants another address.

    Whether that has an account, or a registration waits for it, changes nothing here: its reader is
    mailed in any case. Raises WrongPassword, BadEmail, StaleWrite, and TooMany: four an hour from one
    account, and so many to one address as are mailed to one that nobody is signed in to.
    """

    proofs: OneTimeProofs

    async def __call__(self, actor: Actor, email: str, present: str, *, origin: Origin) -> None:
        address = email_address.normalised(email)
        proved = await self.proved(actor, present, origin=origin)
        if address == proved.email:
            raise BadEmail("this is the address of your account already")
        asked = Allowance(f"address:{actor.tenant_id}:{proved.id}", MAILS_ASKED, HOUR)
        to_address = mails_to(actor.tenant_id, address, origin.network, about="address")
        await take(self.rate_limit, [asked, *to_address])
        async with self.transaction(actor.before_authentication) as tx:
            now, id_ = await tx.now(), ProofId(uuid4())
            user = await self.still(actor, proved, at=now)
            proof, events = OneTimeProof.to_change(id_, user, address, at=now)
            await self.proofs.replace(proof)
            tx.emit(*events)


@dataclass(frozen=True, slots=True)
class _ConfirmsAddress(Answering):
    registrations: Registrations

    async def confirm(self, actor: Actor, proof: OneTimeProof) -> None:
        """Registrations that wait for the address end: nobody has shown that it was theirs."""
        anonymous = replace(actor, tenant_id=proof.tenant_id).before_authentication
        async with self.transaction(anonymous) as tx:
            now = await tx.now()
            user = await self.use(proof, at=now)
            if await self.users.with_email(proof.new_address) is not None:
                raise AddressTaken
            tx.emit(*user.change_address(proof.new_address, proof.id, at=now))
            await self.users.save(user)
            await self.registrations.end(proof.new_address)


class ConfirmAddress(_ConfirmsAddress):
    """Who opened the link of the mail reads the new address, which is the account's from now on.

    Again once it is, it changes nothing. Raises ProofOutdated, BrokenLink, and AddressTaken where it became
    another account's meanwhile.
    """

    async def __call__(self, actor: Actor, token: str) -> None:
        proof, _ = await self.mailed(actor, token, Purpose.CHANGE_ADDRESS)
        try:
            await self.confirm(actor, proof)
        except ProofOutdated:
            if not await self._is_done(actor, proof):
                raise

    async def _is_done(self, actor: Actor, proof: OneTimeProof) -> bool:
        """Whether the account has the address, as when the link is opened once more."""
        anonymous = replace(actor, tenant_id=proof.tenant_id).before_authentication
        async with self.transaction(anonymous, read_only=True):
            user = await self.users.find(proof.owner)
        return user is not None and user.email == proof.new_address


class ConfirmAddressByCode(_ConfirmsAddress):
    """The same for who is signed in and types the code of the mail. Raises the same but BrokenLink."""

    async def __call__(self, actor: Actor, code: str) -> None:
        proof = await self.by_code(actor, actor.user_id, code, Purpose.CHANGE_ADDRESS)
        await self.confirm(actor, proof)
