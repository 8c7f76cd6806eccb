"""One spelling for each host name: that of mail, certificates and addresses (RFC 5891)."""

import re

import idna

LONGEST = 253
_ASCII = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*", re.IGNORECASE)


class BadHost(ValueError):
    """This cannot be a host name; the message says why."""


def spelled(name: str) -> str:
    """The name in lower case and ASCII: `Faß.de` is `xn--fa-hia.de`, and not `fass.de`.

    Letters are mapped as UTS 46 does for what people type, and judged by IDNA 2008. What is ASCII
    already stays as it is, a name that only IDNA 2003 knew among them. Raises BadHost.
    """
    if len(name) > LONGEST:
        raise BadHost(f"a host name has at most {LONGEST} letters")
    if _ASCII.fullmatch(name):
        return name.lower()
    try:
        spelling = idna.encode(name, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError) as error:
        raise BadHost(f"{name!r} is no host name: {error}") from error
    if len(spelling) > LONGEST:
        raise BadHost(f"a host name has at most {LONGEST} letters")
    return spelling
