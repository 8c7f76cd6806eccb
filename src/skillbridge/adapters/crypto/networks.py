"""What stands for a network where addresses are not kept."""

from dataclasses import dataclass

from skillbridge.adapters.crypto.keys import KeyRing
from skillbridge.domain.ids import UserId


@dataclass(frozen=True, slots=True)
class MarkedNetworks:
    """HMAC-SHA256 with the person in it: there are so few addresses that a plain hash hides none."""

    ring: KeyRing

    def marks(self, user_id: UserId, network: str) -> tuple[bytes, ...]:
        return tuple(key.sign(user_id.bytes + network.encode()) for key in self.ring.keys)
