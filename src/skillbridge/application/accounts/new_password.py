"""A password is chosen: it must be hard to guess, and its hash alone is kept."""

from skillbridge.application.accounts.ports.passwords import PasswordHasher, PasswordStrength
from skillbridge.domain.accounts import password
from skillbridge.domain.accounts.sign_in import Origin


async def must_be_strong(
    strength: PasswordStrength, chosen: str, *, email: str, name: str, origin: Origin
) -> None:
    """Raises WeakPassword, and Unavailable when too many passwords wait to be judged."""
    found = await strength(chosen, (email, name), network=origin.network)
    password.hard_to_guess(chosen, found, email=email.strip(), name=name.strip())


async def hash_of_chosen(
    hasher: PasswordHasher,
    strength: PasswordStrength,
    secret: str,
    *,
    email: str,
    name: str,
    origin: Origin,
) -> str:
    """What is kept of a password that somebody chose anew. Raises what `must_be_strong` does."""
    chosen = password.well_formed(secret)
    await must_be_strong(strength, chosen, email=email, name=name, origin=origin)
    return await hasher.hash(chosen, network=origin.network)
