"""What a pool of mentors holds, as one number: equal for the same mentors, in whatever order.

Each mentor's facts, in one canonical run of bytes, are hashed by SHA-256, and the first eight bytes
of the hashes are added up as little-endian numbers, without the carry. So a change costs as much as
what changed. The Rust matcher makes the same of what it holds; `matcher-rs/golden/digest.json` holds
both to it. It finds what went missing or was mixed up; it is no defence against somebody who may
write to the pool and chooses what: who may write is told by the secret.
"""

from collections.abc import Iterable
from dataclasses import astuple
from hashlib import sha256
from struct import pack

from skillbridge.domain.ranking.availability import SLOTS
from skillbridge.domain.ranking.candidate import Candidate
from skillbridge.domain.ranking.score import USUAL, Weights

MODULUS = 1 << 64


def mentor_digest(mentor: Candidate) -> int:
    """What one mentor adds."""
    parts = [
        b"mentor/1",
        mentor.id.bytes,
        (mentor.country or "\0\0").encode(),
        pack("<h", mentor.utc_offset),
        mentor.availability.to_bytes(SLOTS // 8, "little"),
        pack("<HHIIH", mentor.capacity, mentor.taken, *_numbers(mentor)),
        pack("<BB", mentor.consents | mentor.minors << 1, len(mentor.languages)),
        *map(_name, sorted(language.encode() for language in mentor.languages)),
    ]
    for name, level in sorted((name.encode(), level) for name, level in mentor.skills.items()):
        parts += [pack("<B", level), _name(name)]
    return _short(b"".join(parts))


def weights_digest(weights: Weights = USUAL) -> int:
    """What the weights add that a pool is ranked by."""
    return _short(b"weights/1" + pack("<7H", *astuple(weights)))


def pool_digest(mentors: Iterable[Candidate], weights: Weights = USUAL) -> int:
    """The digest of a whole pool."""
    return (sum(map(mentor_digest, mentors)) + weights_digest(weights)) % MODULUS


def changed_digest(before: int, gone: Iterable[int], come: Iterable[int]) -> int:
    """The digest of a pool of which some mentors' digests are replaced by others."""
    return (before - sum(gone) + sum(come)) % MODULUS


def written(digest: int) -> str:
    """As the matcher writes it: 16 hexadecimal digits."""
    return f"{digest:016x}"


def _numbers(mentor: Candidate) -> tuple[int, int, int]:
    return mentor.rating_sum, mentor.rating_count, mentor.experience_months


def _name(name: bytes) -> bytes:
    return pack("<B", len(name)) + name


def _short(content: bytes) -> int:
    return int.from_bytes(sha256(content).digest()[:8], "little")
