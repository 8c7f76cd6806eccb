"""One spelling for each e-mail address."""

import re
from hashlib import sha256

from skillbridge.domain.errors import Invalid

LONGEST = 254
LONGEST_LOCAL = 64
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")


class BadEmail(Invalid):
    """This cannot be an e-mail address."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="email")


def normalised(raw: str) -> str:
    """Lower case, and the domain as the mail system spells it (RFC 5321, RFC 5890).

    Upper and lower case are one mailbox to us, as they are to every large provider. Raises
    BadEmail. Whether the mailbox exists only a mail can tell.
    """
    local, at, domain = raw.strip().lower().rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise BadEmail("write the e-mail address as name@example.org")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadEmail("the part after the @ is not a domain name") from error
    if not _DOMAIN.fullmatch(domain):
        raise BadEmail("the part after the @ is not a domain name, such as example.org")
    address = f"{local}@{domain}"
    if len(address) > LONGEST:
        raise BadEmail(f"an e-mail address has at most {LONGEST} characters")
    return address


def pseudonym(address: str) -> str:
    """Stands for an address where the address itself should not be kept, as in a counter's name."""
    return sha256(address.encode()).hexdigest()[:32]
