"""One spelling for each e-mail address."""

import re
from hashlib import sha256

from skillbridge.domain.errors import Invalid
from skillbridge.domain.host import BadHost, spelled
from skillbridge.domain.signs import named
from skillbridge.domain.text import tidied

LONGEST = 254
LONGEST_LOCAL = 64
TYPED = 1000
"""More than that nobody types, however many letters fold into fewer."""
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_IN_NO_LOCAL = re.compile(r"[^a-z0-9!#$%&'*+/=?^_`{|}~.-]")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")


class BadEmail(Invalid):
    """This cannot be an e-mail address."""

    def __init__(self, message: str) -> None:
        super().__init__(message, field="email")


def normalised(raw: str) -> str:
    """Lower case, and the domain as the mail system spells it (RFC 5321, RFC 5891).

    Upper and lower case are one mailbox to us, as they are to every large provider, and so are the
    forms of Unicode in which one address may be typed. Raises BadEmail. Whether the mailbox exists
    only a mail can tell.
    """
    if len(raw) > TYPED:
        raise BadEmail(f"an e-mail address has at most {LONGEST} characters")
    local, at, domain = tidied(raw, lines=False, needless=True).rpartition("@")
    local = local.lower()
    if not at or not local:
        raise BadEmail("write the e-mail address as name@example.org")
    if not _LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise BadEmail(f"the part before the @ {_wrong_in(local)}")
    try:
        domain = spelled(domain)
    except BadHost as error:
        raise BadEmail("the part after the @ is not a domain name") from error
    if not _DOMAIN.fullmatch(domain):
        raise BadEmail("the part after the @ is not a domain name, such as example.org")
    address = f"{local}@{domain}"
    if len(address) > LONGEST:
        raise BadEmail(f"an e-mail address has at most {LONGEST} characters")
    return address


def _wrong_in(local: str) -> str:
    if sign := _IN_NO_LOCAL.search(local):
        return (
            f"cannot hold {named(sign[0])}: mail reaches everybody only with letters from a to z, "
            "digits, and signs such as . _ + -; write only the address, as name@example.org"
        )
    if len(local) > LONGEST_LOCAL:
        return f"has at most {LONGEST_LOCAL} characters; this has {len(local)}"
    return "has no dot at its beginning, at its end, or beside another dot"


def pseudonym(address: str) -> str:
    """Stands for an address where the address itself should not be kept, as in a counter's name."""
    return sha256(address.encode()).hexdigest()[:32]
