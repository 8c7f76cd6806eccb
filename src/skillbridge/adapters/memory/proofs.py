"""One-time proofs in a dictionary."""

from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from datetime import datetime

from skillbridge.adapters.binding import Binding, Bindings
from skillbridge.adapters.memory.store import MemorySession
from skillbridge.application.accounts.ports.proofs import OneTimeProofs
from skillbridge.domain.accounts.one_time_proof import TRIES, OneTimeProof, Purpose
from skillbridge.domain.ids import ProofId, UserId


@dataclass(frozen=True, slots=True)
class MemoryOneTimeProofs:
    session: MemorySession

    async def replace(self, proof: OneTimeProof) -> None:
        for older in self._unused(proof.user_id):
            if older.purpose is proof.purpose:
                del self._table[older.id]
        self._table[proof.id] = proof

    async def get(self, proof_id: ProofId) -> OneTimeProof | None:
        return self._table.get(proof_id)

    async def guess(
        self, purpose: Purpose, user_id: UserId, *, at: datetime
    ) -> OneTimeProof | None:
        open_ones = [
            one
            for one in self._table.values()
            if one.purpose is purpose and one.open(at=at) and one.tries < TRIES
        ]
        for whose in (user_id, None):
            for proof in open_ones:
                if proof.user_id == whose:
                    self._table[proof.id] = replace(proof, tries=proof.tries + 1)
                    return self._table[proof.id]
        return None

    async def guess_at(self, proof_id: ProofId, *, at: datetime) -> OneTimeProof | None:
        proof = self._table.get(proof_id)
        if proof is None or not proof.open(at=at) or proof.tries >= TRIES:
            return None
        self._table[proof_id] = replace(proof, tries=proof.tries + 1)
        return self._table[proof_id]

    async def use(self, proof_id: ProofId, *, at: datetime) -> bool:
        proof = self._table.get(proof_id)
        if proof is None or not proof.open(at=at):
            return False
        self._table[proof_id] = replace(proof, used_at=at)
        return True

    async def end(self, user_id: UserId) -> int:
        ended = self._unused(user_id)
        for proof in ended:
            del self._table[proof.id]
        return len(ended)

    async def forget(self, before: datetime, *, limit: int) -> int:
        oldest = sorted(self._table.values(), key=lambda one: one.expires_at)
        over = [one.id for one in oldest if one.expires_at <= before][:limit]
        for id_ in over:
            del self._table[id_]
        return len(over)

    def _unused(self, user_id: UserId | None) -> list[OneTimeProof]:
        """Of an account: what is nobody's does not count as one's."""
        everything = self._table.values() if user_id is not None else ()
        return [one for one in everything if one.user_id == user_id and one.used_at is None]

    @property
    def _table(self) -> MutableMapping[ProofId, OneTimeProof]:
        return self.session.table("one_time_proofs")


BINDINGS: Bindings = (Binding[OneTimeProofs](MemoryOneTimeProofs),)
