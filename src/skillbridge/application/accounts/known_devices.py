"""Devices that an account knows: what strangers use up is no limit for them."""

from dataclasses import dataclass

from skillbridge.application.accounts.ports.sign_ins import Devices
from skillbridge.application.accounts.ports.users import Users
from skillbridge.application.ports.transaction import Transaction
from skillbridge.domain.actor import Actor


@dataclass(frozen=True, slots=True)
class KnownDevices:
    transaction: Transaction
    users: Users
    devices: Devices

    async def name_of(self, actor: Actor, address: str, device: str) -> str | None:
        """The device's name, if the account knows it still; looked up for what proves itself alone."""
        name = self.devices.known(device, actor.tenant_id, address) if device else None
        if name is None:
            return None
        async with self.transaction(actor, read_only=True):
            user = await self.users.with_email(address)
        return name if user is not None and name in user.devices else None
