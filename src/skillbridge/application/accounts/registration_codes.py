"""A registration is confirmed on another device than the one that reads the mail: by the code in it."""

from collections.abc import Sequence

from skillbridge.application.accounts.attempts import HOUR, Allowance, counting_failures
from skillbridge.application.accounts.registration import (
    ALONE,
    GUESSES,
    TRIED,
    ConfirmingRegistrations,
)
from skillbridge.domain.accounts import email_address, password
from skillbridge.domain.accounts.registration import CodeOrPasswordWrong, Registration
from skillbridge.domain.accounts.sign_in import Origin
from skillbridge.domain.accounts.user import WrongCredentials
from skillbridge.domain.actor import Actor

REFUSED = 60
"""An hour from one network, for any addresses: a class behind one address mistypes."""


class VerifyEmailByCode(ConfirmingRegistrations):
    """The code of the newest mail, and the password of a registration of its address, make the account.

    Five codes are looked at, of which the count is committed before; then the link serves on, which ends
    with the code. One password is compared in any case, also where nothing waits. Raises BadEmail,
    CodeOrPasswordWrong, LinkOutdated, and TooMany.
    """

    async def __call__(
        self, actor: Actor, email: str, code: str, secret: str, *, origin: Origin
    ) -> None:
        address = email_address.normalised(email)
        here = f"{actor.tenant_id}:{email_address.pseudonym(address)}:{origin.network}"
        guesses = (
            Allowance(f"verify-code:{here}", GUESSES, HOUR, ALONE),
            Allowance(f"verify-code:{origin.network}", REFUSED, HOUR),
        )
        chosen = password.normalised(secret)
        async with counting_failures(self.rate_limit, guesses):
            opened = await self._opened_by(actor, address, code)
            if not opened:
                await self.hasher.matches(chosen, None, network=origin.network)
                raise CodeOrPasswordWrong
            try:
                proved = await self.proved(opened, chosen, origin)
            except WrongCredentials:
                raise CodeOrPasswordWrong from None
        await self.confirm(actor, proved, origin)

    async def _opened_by(self, anonymous: Actor, address: str, code: str) -> Sequence[Registration]:
        """The registration of this code, and others of the address; none where it is wrong."""
        async with self.transaction(anonymous) as tx:
            now = await tx.now()
            own = await self.registrations.guess(address, at=now)
        if own is None or not self.links.is_code(code, own):
            return ()
        async with self.transaction(anonymous, read_only=True):
            newest = await self.registrations.of_address(address, at=now, limit=TRIED)
        return (own, *(one for one in newest if one.id != own.id))
