"""Addresses and markup, written plainly or in look-alike signs. Each pattern is linear."""

import re
import unicodedata

JOINERS = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
ENDINGS = "com|org|net|edu|gov|io|co|app|info|biz|xyz|top|site|online|link|click|shop|ru|cn|tk|ly"
COUNTRIES = (
    "ac|ad|ae|af|ag|ai|am|ao|ar|as|at|au|aw|ax|az|bb|bd|be|bf|bg|bh|bi|bj|bm|bn|bo|br|bs|bt|bw|by|"
    "bz|ca|cc|cd|cf|cg|ch|ci|ck|cl|cm|cr|cu|cv|cw|cx|cy|cz|de|dj|dk|dm|dz|ec|ee|eg|es|et|eu|fi|fj|"
    "fk|fm|fo|fr|ga|gd|ge|gf|gg|gh|gi|gl|gm|gn|gp|gq|gr|gt|gu|gw|gy|hk|hm|hn|hr|ht|hu|id|ie|il|im|"
    "in|iq|ir|is|it|je|jm|jo|jp|ke|kg|kh|ki|km|kn|kp|kr|kw|ky|kz|lb|lc|li|lk|ls|lt|lu|lv|mc|me|mg|"
    "mh|mk|ml|mm|mn|mo|mp|mq|mr|ms|mt|mu|mv|mw|mx|my|mz|na|nc|ne|nf|ng|ni|nl|no|np|nr|nu|nz|om|pa|"
    "pe|pf|pg|pk|pl|pm|pn|pr|ps|pt|pw|py|qa|re|ro|rs|rw|sb|sd|se|sg|si|sk|sl|sm|sn|sr|ss|su|sv|sx|"
    "sy|sz|tc|td|tf|tg|th|tj|tl|tm|tn|to|tr|tt|tv|tw|tz|ua|ug|uk|us|uy|uz|va|vc|ve|vg|vi|vn|vu|wf|"
    "ws|ye|yt|za|zm|zw"
)
"""The endings of countries, but for those that also end titles and begin surnames, as in
`Prof.Md` or `Abd.al Rahman`."""
COMMON = (
    "dev|page|name|pro|mobi|store|tech|blog|live|news|club|website|space|fun|icu|vip|zip|mov|email|"
    "example|test|invalid|localhost|рф|中国|онлайн"
)
LINK = re.compile(
    rf"""
      [a-z0-9+.-]://                            # any scheme with an authority
    | \b(?:javascript|data|mailto|tel):\S        # schemes without one
    | \bwww\d?\.
    | \]\s*\(                                   # Markdown
    | [<>]                                      # HTML
    | &\#?\w+;                                  # HTML, escaped
    | [a-z0-9-]\.(?:{ENDINGS})(?:[/:?\#]\S|$|[\s,;)])
    | \b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b
    | \S@[^\s@.]*+\.\S
    """,
    re.IGNORECASE | re.VERBOSE,
)
PLACE = re.compile(
    rf"""
      \w{{2}}\.\w{{2,63}}(?::\d{{1,5}})?[/?\#]\S   # evil.example/x, whatever its ending
    | \w\.(?:{ENDINGS}|{COUNTRIES})[:/?\#]\S
    | \w\.(?:{ENDINGS}|{COMMON})(?!\w)
    | \w{{3}}\.(?:{COUNTRIES})(?!\w)
    | \bxn--\w
    """,
    re.IGNORECASE | re.VERBOSE,
)
NAMES_LIKE_HOSTS = re.compile(r"\b(?:asp|ado|vb|ml)\.net\b|\bsocket\.io\b", re.IGNORECASE)


def smuggles_a_link(text: str) -> bool:
    """True when it holds an address or markup.

    Rather too strict than too lax: names of products with a dot are let through by a list.
    """
    return LINK.search(NAMES_LIKE_HOSTS.sub("product", _plain(text))) is not None


def names_a_place(text: str) -> bool:
    """Stricter, for what titles the mails and notices of others: a bare host is one, too."""
    plain = _plain(text)
    return LINK.search(plain) is not None or PLACE.search(plain) is not None


def _plain(text: str) -> str:
    """Full-width and other look-alikes as the sign they stand for, and the dots of all scripts."""
    plain = "".join(sign for sign in text if sign not in JOINERS)
    return unicodedata.normalize("NFKC", plain).translate(_DOTS)


_DOTS = str.maketrans("\u3002\u2024\u2044\u2215", "..//")
