"""What may stand in a line of text that people will be shown."""

import re
import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co"})
LAYOUT = frozenset("\r\n\t")
JOINERS = frozenset("\u200c\u200d")
"""Unseen themselves, but some scripts and emoji cannot be written without them."""
ENDINGS = "com|org|net|edu|gov|io|co|app|info|biz|xyz|top|site|online|link|click|shop|ru|cn|tk|ly"
LINK = re.compile(
    rf"""
      [a-z][a-z0-9+.-]*://                      # any scheme with an authority
    | \b(?:javascript|data|mailto|tel):\S        # schemes without one
    | \bwww\d?\.
    | \]\s*\(                                   # Markdown
    | [<>]                                      # HTML
    | &\#?\w+;                                  # HTML, escaped
    | \b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:{ENDINGS})(?:[/:?\#]\S|$|[\s,;)])
    | \b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b
    | \S@\S+\.\S
    """,
    re.IGNORECASE | re.VERBOSE,
)
NAMES_LIKE_HOSTS = re.compile(r"\b(?:asp|ado|vb|ml)\.net\b|\bsocket\.io\b", re.IGNORECASE)


def hides_something(text: str) -> bool:
    """True when a sign in it cannot be seen; line breaks, tabs and joiners are no secret."""
    return any(unicodedata.category(sign) in HIDDEN for sign in set(text) - LAYOUT - JOINERS)


def smuggles_a_link(text: str) -> bool:
    """True when it holds an address or markup, written plainly or in look-alike signs.

    Rather too strict than too lax: names of products with a dot are let through by a list.
    """
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign not in JOINERS)
    return LINK.search(NAMES_LIKE_HOSTS.sub("product", plain)) is not None
