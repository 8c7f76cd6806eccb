"""Wrong tries counted in this process alone."""

from dataclasses import dataclass, field

from skillbridge.adapters import paces
from skillbridge.application.ports.rate_limit import Struck
from skillbridge.domain.delay import NONE, Delay, Strikes

REMEMBERED = 100_000
"""Names at most: a flood of new ones must not fill the memory."""


@dataclass(frozen=True, slots=True)
class LocalStrikes:
    """What was tried by each name, as `Delay` has it."""

    held: dict[str, Strikes] = field(init=False, default_factory=dict)

    def strike(self, name: str, delay: Delay) -> Struck | int:
        """One more, or the microseconds to wait for it."""
        now, held = paces.microseconds(), self.held.get(name, NONE)
        struck = delay.struck(held, now)
        if struck is None:
            return held.due - now
        if name not in self.held:
            self._make_room(now - delay.kept)
        self.held[name] = struck
        return Struck(struck, held.due)

    def forgive(self, name: str, delay: Delay, struck: Struck) -> None:
        held = delay.forgiven(self.held.get(name, NONE), struck.now, struck.before)
        if held.tries:
            self.held[name] = held
        else:
            self.held.pop(name, None)

    def forget(self, name: str) -> None:
        self.held.pop(name, None)

    def _make_room(self, forgotten: int) -> None:
        """Forgets what is over, then the half that was tried least: who is guessed at most stays."""
        if len(self.held) < REMEMBERED:
            return
        living = {name: it for name, it in self.held.items() if it.due > forgotten}
        if len(living) >= REMEMBERED:
            most = sorted(living.items(), key=lambda one: one[1].tries, reverse=True)
            living = dict(most[: REMEMBERED // 2])
        self.held.clear()
        self.held.update(living)
