"""State machines as tables: the only module that knows the `transitions` library."""

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from transitions import Machine

from skillbridge.domain.errors import Conflict

S = TypeVar("S", bound=StrEnum)


class IllegalMove(Conflict):
    """This verb is not allowed in the present state."""


class Lifecycle(Generic[S]):
    """A checked table of `verb: ({from, ...}, to)`; it holds no state of its own."""

    def __init__(self, states: type[S], moves: Mapping[str, tuple[Iterable[S], S]]) -> None:
        self.states = states
        self.moves = {verb: (frozenset(sources), to) for verb, (sources, to) in moves.items()}
        self._machine = Machine(
            model=None,
            states=states,
            initial=next(iter(states)),
            auto_transitions=False,
            transitions=[
                {"trigger": verb, "source": list(sources), "dest": to}
                for verb, (sources, to) in self.moves.items()
            ],
        )

    def after(self, verb: str, state: S, *, among: Collection[str] = ()) -> S:
        """The state that `verb` leads to from `state`.

        Raises IllegalMove, naming the verbs that are possible `among` those of whoever asks.
        """
        found = self._machine.get_transitions(verb, source=state)
        if not found:
            possible = sorted(verb for verb in among if state in self.moves[verb][0])
            over = all(state not in sources for sources, _ in self.moves.values())
            otherwise = "nothing can change it now" if over else "it is not yours to move now"
            way_out = f"you can {', '.join(possible)}" if possible else otherwise
            raise IllegalMove(f"cannot {verb} what is {state.value}: {way_out}")
        return self.states[str(found[0].dest)]
