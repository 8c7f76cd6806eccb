"""Codes by SMS: to whom, and how many, before each costs money."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from skillbridge.application.accounts.attempts import Allowance, give_back, take
from skillbridge.application.accounts.ports.phones import Phones
from skillbridge.application.accounts.sent_codes import SentCodes
from skillbridge.application.ports.field_encryption import FieldEncryption, NotOpened
from skillbridge.application.sealed_columns import PHONE_NUMBER
from skillbridge.domain.accounts.one_time_proof import OneTimeProof, Purpose
from skillbridge.domain.accounts.phone import (
    AdministratorsNeedMore,
    CountryNotTexted,
    NoPhone,
    Phone,
    PhoneNumber,
    SmsOff,
    SmsRule,
)
from skillbridge.domain.accounts.second_factor import FactorKind
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import User
from skillbridge.domain.actor import Actor, Role
from skillbridge.domain.authentication import Method
from skillbridge.domain.ids import ProofId, TenantId, UserId

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AN_HOUR, OF_ONE = 4, 10
"""Texts an hour and a day of one account, to one number, and to one that is nobody's yet."""
OF_NETWORK = 30
"""Texts an hour to new numbers that one network asks for: a class behind one address."""
UNPROVED_RANGE, UNPROVED_PREFIX = 10, 50
"""Texts a day, to ten thousand neighbouring numbers and to one prefix, whose codes nobody has typed: who is
paid for texts reads none. A code that is typed gives its place back."""
ALONE = 2
"""Of each in every process while Redis is away."""


@dataclass(frozen=True, slots=True)
class TextedCodes(SentCodes):
    kind = FactorKind.SMS
    method = Method.SMS
    set_up = Purpose.SET_UP_SMS
    second_factor = Purpose.SMS_SECOND_FACTOR
    step_up = Purpose.SMS_STEP_UP

    phones: Phones
    encryption: FieldEncryption
    rule: SmsRule

    def may_be_chosen_by(self, user: User) -> None:
        """Raises AdministratorsNeedMore."""
        if Role.ADMIN in user.roles:
            raise AdministratorsNeedMore

    async def may_be_sent(self, user: User, origin: Origin) -> None:  # noqa: ARG002  a network uses up no texts to phones that count
        """Raises NoPhone, SmsOff and CountryNotTexted besides."""
        async with self.transaction(Actor.pre_authentication(user.tenant_id), read_only=True):
            phone = await self.phones.of(user.id, verified=True)
        if phone is None:
            raise NoPhone
        number = self.number_of(phone)
        prefix = self.rule.prefix_of(number)
        await take(
            self.rate_limit,
            [*self._of(user, number, "own"), *self._of_everybody(prefix, user.tenant_id)],
        )

    async def may_be_texted(self, user: User, number: PhoneNumber, origin: Origin) -> None:
        """To a number that is not the account's yet. Raises SmsOff, CountryNotTexted, TooMany.

        What this uses up keeps nobody from the codes of a phone that was confirmed.
        """
        prefix, tenant = self.rule.prefix_of(number), user.tenant_id
        await take(
            self.rate_limit,
            [
                Allowance(f"sms:network:{origin.network}", OF_NETWORK, HOUR, ALONE),
                *self._of(user, number, "new"),
                *self._unproved(number, prefix, tenant),
                *self._of_everybody(prefix, tenant),
            ],
        )

    async def answered(
        self,
        actor: Actor,
        user_id: UserId,
        purpose: Purpose,
        code: str,
        *,
        id_: ProofId | None = None,
    ) -> OneTimeProof:
        proof = await SentCodes.answered(self, actor, user_id, purpose, code, id_=id_)
        if purpose is Purpose.VERIFY_PHONE:
            await self._proved(actor, proof)
        return proof

    async def _proved(self, actor: Actor, proof: OneTimeProof) -> None:
        """Somebody reads what is texted to the number that waits."""
        assert proof.user_id is not None, "its code was answered"
        async with self.transaction(actor.before_authentication, read_only=True):
            phone = await self.phones.of(proof.user_id, verified=False)
        if phone is not None:
            with suppress(NoPhone, SmsOff, CountryNotTexted):  # the settings are others by now
                number = self.number_of(phone)
                prefix = self.rule.prefix_of(number)
                await give_back(self.rate_limit, self._unproved(number, prefix, proof.tenant_id))

    def number_of(self, phone: Phone) -> PhoneNumber:
        """Raises NoPhone for one that no key opens any more."""
        try:
            opened = self.encryption.open(phone.sealed_number, PHONE_NUMBER, phone.id)
        except NotOpened as error:
            raise NoPhone from error
        return PhoneNumber(opened.decode())

    def _of(self, user: User, number: PhoneNumber, whose: str) -> list[Allowance]:
        one = self._pseudonym(number.e164, user.tenant_id)
        return [
            Allowance(f"sms:account:{user.id}:1h", AN_HOUR, HOUR, ALONE),
            Allowance(f"sms:account:{user.id}:1d", OF_ONE, DAY, ALONE),
            Allowance(f"sms:{whose}:{one}:1h", AN_HOUR, HOUR, ALONE),
            Allowance(f"sms:{whose}:{one}:1d", OF_ONE, DAY, ALONE),
        ]

    def _of_everybody(self, prefix: str, tenant: TenantId) -> list[Allowance]:
        return [
            Allowance(f"sms:prefix:{tenant}:{prefix}", self.rule.a_prefix, DAY, ALONE),
            Allowance(f"sms:tenant:{tenant}", self.rule.a_day, DAY, ALONE),
        ]

    def _unproved(self, number: PhoneNumber, prefix: str, tenant: TenantId) -> list[Allowance]:
        around = self._pseudonym(number.range, tenant)
        return [
            Allowance(f"sms:unproved:{around}", UNPROVED_RANGE, DAY, ALONE),
            Allowance(f"sms:unproved:{tenant}:{prefix}", UNPROVED_PREFIX, DAY, ALONE),
        ]

    def _pseudonym(self, value: str, tenant: TenantId) -> str:
        """So that no number stands in a cache."""
        return self.encryption.indexes(value.encode(), PHONE_NUMBER, tenant)[0].hex()[:32]
