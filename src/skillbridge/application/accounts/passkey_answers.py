"""What a passkey answered is looked at first, and used up within the transaction that holds its account."""

from dataclasses import dataclass

from skillbridge.application.accounts.ports.passkeys import (
    Passkeys,
    RelyingParty,
    Signed,
    SpentChallenges,
)
from skillbridge.application.ports.transaction import Tx
from skillbridge.domain.accounts.passkey import (
    Ceremony,
    CeremonyOver,
    Passkey,
    PasskeyRefused,
)
from skillbridge.domain.ids import UserId


@dataclass(frozen=True, slots=True)
class Looked:
    """An answer whose signature holds."""

    ceremony: Ceremony
    credential_id: bytes
    owner: UserId
    sign_count: int


@dataclass(frozen=True, slots=True)
class PasskeyAnswers:
    """Of the pre-authentication principal, who alone sees passkeys."""

    passkeys: Passkeys
    spent: SpentChallenges
    party: RelyingParty

    async def kept(self, answer: Signed) -> Passkey | None:
        """The passkey that the answer names, in the open transaction."""
        return await self.passkeys.with_credential(self.party.credential_of(answer))

    def looked_at(self, ceremony: Ceremony, answer: Signed, passkey: Passkey | None) -> Looked:
        """Raises PasskeyRefused, after the same work, for a passkey that is not known or another's."""
        whose = ceremony.user_id
        if passkey is not None and whose is not None and passkey.user_id != whose:
            passkey = None
        count = self.party.counted(answer, passkey)
        assert passkey is not None, "counted refuses what is not known"
        return Looked(ceremony, passkey.credential_id, passkey.user_id, count)

    async def use_up(self, tx: Tx, looked: Looked) -> bool:
        """In the transaction that has locked the account; False where the counter went back.

        That is told to the owner, so the transaction has to be committed. Raises PasskeyRefused where the
        passkey was removed since, and CeremonyOver where the challenge was answered before.
        """
        passkey = await self.passkeys.with_credential(looked.credential_id)
        if passkey is None:
            raise PasskeyRefused
        if not await self.spent.spend(looked.ceremony):
            raise CeremonyOver
        if copied := passkey.answer(looked.sign_count, at=await tx.now()):
            tx.emit(*copied)
            return False
        await self.passkeys.save(passkey)
        return True
