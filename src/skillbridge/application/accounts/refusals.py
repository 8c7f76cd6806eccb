"""What was refused of those who sign in is told to the log, whatever they showed."""

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

from skillbridge.domain.accounts.identity import AddressHasAccount
from skillbridge.domain.accounts.second_factor import SecondFactorNeeded
from skillbridge.domain.errors import Forbidden, TooMany, Unproven

log = logging.getLogger(__name__)


@contextmanager
def refusals_told(known: MutableMapping[str, str]) -> Iterator[None]:
    """`known` is what is known of who asks, and may grow within; half of a log-in is no refusal."""
    try:
        yield
    except SecondFactorNeeded:
        raise
    except (Unproven, Forbidden, TooMany, AddressHasAccount) as error:
        log.info("sign_in.refused", extra={**known, "reason": type(error).__name__})
        raise
