"""What each adapter that calls out promises, in one form: none waits without end, asks without end or fails alone.

Each declares its own as `OUTGOING`, beside the numbers that it is made of; a test finds those that have none. What an
answer holds beyond the contract is read past: the shapes of msgspec take unknown fields.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """One contract that is spoken with a system which is not ours."""

    contract: str
    """By name and version, as its owner writes it."""
    deadline: float
    """Seconds for one call."""
    tries: int
    """Calls for one purpose at most, the first included; more come from the ledger of jobs, ever later."""
    breaker: str
    """The name of the one that leaves it alone for a while when it fails, as the log has it."""
    fallback: str
    """What happens in its place."""
