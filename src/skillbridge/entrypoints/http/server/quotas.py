"""The quotas of this API: how often one person, one network or one tenant may ask for what."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from litestar.handlers import HTTPRouteHandler

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods of reads."""
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class CountedBy(StrEnum):
    """Whose attempts are counted together."""

    OPERATION = "person and operation"
    """PUT and PATCH of one resource are one operation here."""
    PERSON = "person"
    NETWORK = "network and operation"
    ANYBODY = "network"
    TENANT = "tenant"


@dataclass(frozen=True, slots=True)
class Quota:
    """So many times at once; each comes back after its share of the time. Names are unique."""

    times: int
    per: timedelta
    name: str = "writes"
    by: CountedBy = CountedBy.OPERATION

    def policy(self, factor: int = 1) -> str:
        """As `RateLimit-Policy` has it."""
        return f'"{self.name}";q={self.times * factor};w={self.per // SECOND}'


USUAL = Quota(120, MINUTE)
"""More than hands can click, less than a loop wants."""
TOLD_TO_OTHERS = Quota(20, timedelta(hours=1), "told-to-others")
"""For what somebody else is told of."""
MOVES_WORK = Quota(30, timedelta(minutes=5), "moves-work")
"""For what makes workers compute again."""
UNAUTHENTICATED = Quota(6000, MINUTE, "unauthenticated", CountedBy.NETWORK)
"""For writes of whoever is not known yet, by address: thousands may be behind one, and what is
dear has narrower limits in its use case."""
AT_PROVIDERS = Quota(300, MINUTE, "begun-at-providers", CountedBy.NETWORK)
"""For beginning at a provider of identities: each waits as a row, and may ask the provider for something."""
LINKS = Quota(20, timedelta(hours=1), "links")
"""For beginning to link an identity: as above, and few people have more than two."""
KEPT = Quota(2000, timedelta(days=1), "kept-answers", CountedBy.PERSON)
"""Answers that are kept for one person: about 3 MB."""
GIVEN_BACK_AT_MOST = Quota(120, MINUTE, "given-back", CountedBy.PERSON)
"""Writes of one person that are given back, refused or answered again, of all operations together: a
flood of them is counted like any other."""

READS = Quota(600, MINUTE, "reads", CountedBy.PERSON)
"""All reads of one person that have no quota of their own: ten a second."""
COMPUTED = Quota(60, MINUTE, "computed-reads", CountedBy.PERSON)
"""For reads that make the matcher compute."""
FOLLOWED = Quota(120, MINUTE, "followed", CountedBy.PERSON)
"""For opening streams; how many may be open at once, `Streams` says."""
OPEN_READS = Quota(12_000, MINUTE, "open-reads", CountedBy.ANYBODY)
"""For reads of whoever is not known, and for access tokens that do not hold: thousands may be behind
one address."""
OF_TENANT = Quota(60_000, MINUTE, "tenant", CountedBy.TENANT)
"""Everything that people of one tenant ask, so that none starves the others."""


def quotas_of(handler: HTTPRouteHandler) -> tuple[Quota, ...]:
    """Those of an operation, as its guard declares them; that of who asks comes first."""
    kind = "reads" if handler.http_methods <= SAFE else "writes"
    return tuple(one for guard in handler.resolve_guards() for one in getattr(guard, kind, ()))
