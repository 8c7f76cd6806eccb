"""A phone of one's own: added or changed by a code that is sent there, shown masked, removed."""

from dataclasses import dataclass
from uuid import uuid4

from skillbridge.application.accounts.attempts import counting_failures
from skillbridge.application.accounts.own_account import OwnAccount
from skillbridge.application.accounts.ports.phones import PhoneNumbers, PhoneReads, Phones
from skillbridge.application.accounts.ports.proofs import OneTimeProofs
from skillbridge.application.accounts.present_password import ByPresentPassword
from skillbridge.application.accounts.second_factor import codes_of
from skillbridge.application.accounts.texted_codes import TextedCodes
from skillbridge.application.accounts.views import PhoneView
from skillbridge.application.ports.rate_limit import RateLimit
from skillbridge.application.ports.transaction import Transaction
from skillbridge.application.profiles.ports import ProfileReads
from skillbridge.application.sealed_columns import PHONE_NUMBER
from skillbridge.domain.accounts.one_time_proof import Purpose
from skillbridge.domain.accounts.phone import (
    SHARED_BY,
    NoPhone,
    NoPhoneWaits,
    Phone,
    PhoneNeeded,
    PhoneShared,
)
from skillbridge.domain.accounts.second_factor import FactorKind
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.actor import Actor
from skillbridge.domain.ids import PhoneId


@dataclass(frozen=True, slots=True)
class BeginPhone(ByPresentPassword):
    """Texts a code to a number; it is the account's once the code was typed.

    The answer is the same whoever has the number. A number without a country code is of `country`, or of
    that of the profile. Raises BadPhone, CountryNotTexted, SmsOff, TooMany, and what `proved` and `still` do.
    """

    phones: Phones
    numbers: PhoneNumbers
    codes: TextedCodes
    profiles: ProfileReads

    async def __call__(
        self, actor: Actor, typed: str, present: str, *, origin: Origin, country: str | None = None
    ) -> None:
        region = country
        if region is None and not typed.startswith("+"):
            region = (await self.profiles.me(actor)).country
        number = self.numbers.read(typed, region)
        self.codes.rule.prefix_of(number)
        proved = await self.proved(actor, present, origin=origin)
        await self.codes.may_be_texted(proved, number, origin)
        id_ = PhoneId(uuid4())
        made = self.codes.encryption.seal_and_index(
            number.e164.encode(), PHONE_NUMBER, id_, actor.tenant_id
        )
        async with self.transaction(actor.before_authentication) as tx:
            user = await self.still(actor, proved, at=await tx.now())
            await self.phones.put(Phone(id_, user.id, made.sealed, made.index))
            await self.codes.send(tx, user, Purpose.VERIFY_PHONE, origin)


@dataclass(frozen=True, slots=True)
class FinishPhone:
    """The code of the text: the number is the account's, in the place of the one that it had.

    Every code and link that waits ends with it. Raises StepUpNeeded, NoPhoneWaits, CodeRefused, PhoneShared,
    and TooMany after too many wrong codes.
    """

    transaction: Transaction
    account: OwnAccount
    phones: Phones
    proofs: OneTimeProofs
    codes: TextedCodes
    rate_limit: RateLimit

    async def __call__(self, actor: Actor, code: str) -> PhoneView:
        async with counting_failures(self.rate_limit, codes_of(actor.tenant_id, actor.user_id)):
            proof = await self.codes.answered(actor, actor.user_id, Purpose.VERIFY_PHONE, code)
            async with self.transaction(actor.before_authentication) as tx:
                now = await tx.now()
                user = await self.account.proved(actor, at=now)
                phone = await self.phones.of(user.id, verified=False)
                if phone is None:
                    raise NoPhoneWaits
                await self.codes.use(proof, at=now)
                number = self.codes.number_of(phone)
                indexes = self.codes.encryption.indexes(
                    number.e164.encode(), PHONE_NUMBER, actor.tenant_id
                )
                if not await self.phones.confirm(phone, indexes, most=SHARED_BY, at=now):
                    raise PhoneShared
                await self.proofs.end(user.id)
                tx.emit(*phone.verified(at=now))
        return PhoneView(number.masked, now)


@dataclass(frozen=True, slots=True)
class RemovePhone:
    """The account has no phone; nothing when it had none. Raises StepUpNeeded, PhoneNeeded."""

    transaction: Transaction
    account: OwnAccount
    phones: Phones
    proofs: OneTimeProofs

    async def __call__(self, actor: Actor) -> None:
        async with self.transaction(actor.before_authentication) as tx:
            now = await tx.now()
            user = await self.account.proved(actor, at=now)
            factor = await self.account.second_factors.of(user.id)
            if factor is not None and factor.active and factor.kind is FactorKind.SMS:
                raise PhoneNeeded
            phone = await self.phones.of(user.id, verified=True)
            await self.phones.remove(user.id)
            await self.proofs.end(user.id)
            tx.emit(*(phone.removed(at=now) if phone else ()))


@dataclass(frozen=True, slots=True)
class GetPhone:
    """The number of one's own, masked, and what became of the newest text to it; one that waits before.

    Raises NoPhone.
    """

    reads: PhoneReads
    codes: TextedCodes

    async def __call__(self, actor: Actor) -> PhoneView:
        found = await self.reads.of(actor)
        if not found:
            raise NoPhone
        number = self.codes.number_of(found[0])
        return PhoneView(number.masked, found[0].verified_at, found[0].text_state)
