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
    "africa|joburg|capetown|durban|ngo|ong|bank|bet|casino|cash|loan|loans|money|promo|support|"
    "chat|social|world|today|life|cloud|agency|media|digital|work|jobs|example|test|invalid|localhost|"
    "рф|укр|онлайн|сайт|中国|网站|مصر|السعودية|الجزائر|المغرب|تونس|السودان|امارات|شبكة"
)
LINK = re.compile(
    rf"""
      [a-z0-9+.-]://                            # any scheme with an authority
    | \b(?:javascript|data|mailto|tel):\S        # schemes without one
    | \bwww\d?\.
    | [a-z0-9-]\.(?:{ENDINGS})(?:[/:?\#]\S|$|[\s,;)])
    | \b\d{{1,3}}(?:\.\d{{1,3}}){{3}}\b
    | \S@[^\s@.]*+\.\S
    """,
    re.IGNORECASE | re.VERBOSE,
)
MARKUP = re.compile(r"\]\s*\(|[<>]|&#?\w+;")
"""Of Markdown, of HTML, and of HTML that is escaped."""
PLACE = re.compile(
    rf"""
      \w{{2}}\.(?!(?:[jt]sx?|cs|\d+)\b)\w{{2,63}}(?::\d{{1,5}})?[/?\#]\S   # evil.example/x, but Node.js/React
    | //[^\s/]                                  # of the scheme of the page around it
    | \w\.(?:{ENDINGS}|{COUNTRIES})[:/?\#]\S
    | \w\.(?:{ENDINGS}|{COMMON})(?!\w)
    | \w{{3}}\.(?:{COUNTRIES})(?!\w)
    | \bxn--\w
    """,
    re.IGNORECASE | re.VERBOSE,
)
NAMES_LIKE_HOSTS = re.compile(
    r"(?<![\w.-])(?:(?:asp|ado|vb|ml)\.net|socket\.io)(?![\w-]|\.\w)", re.IGNORECASE
)
TITLES_LIKE_HOSTS = re.compile(
    r"(?<![\w.@/-])(?:rev|revd|hon|msgr|mgr|prof|engr|barr|arc|ven|pst|amb|sir|most|very)"
    r"\.(?:fr|sr|br|mr|ms|pr)(?=[. ] ?[^\W\d_])",
    re.IGNORECASE,
)
"""Two titles without a blank before a name, as in `Rev.Fr.Ike`: the second is a country's ending, too."""


def smuggles_a_link(text: str) -> bool:
    """True when it holds an address or markup.

    Rather too strict than too lax: names of products with a dot are let through by a list.
    """
    plain = NAMES_LIKE_HOSTS.sub("product", _plain(text))
    return bool(LINK.search(plain) or MARKUP.search(plain))


def names_a_place(text: str) -> bool:
    """Stricter, for lines of people that strangers are shown: a bare host is one, too."""
    plain = _plain(text)
    plain = TITLES_LIKE_HOSTS.sub("title", NAMES_LIKE_HOSTS.sub("product", plain))
    read = (plain, plain.lower().translate(_LATIN))
    return any(LINK.search(one) or PLACE.search(one) for one in read)


def holds_markup(text: str) -> bool:
    return MARKUP.search(_plain(text)) is not None


def _plain(text: str) -> str:
    """Full-width and other look-alikes as the sign they stand for, and the dots of all scripts."""
    plain = "".join(sign for sign in text if sign not in JOINERS)
    return unicodedata.normalize("NFKC", plain).translate(_DOTS)


_DOTS = str.maketrans(
    "\u3002\u2024\u0701\u0702\ua4f8\ua60e\u2044\u2215\u2571\u27cb\u29f8\u2236\ua789",
    "....../////::",
)
_LATIN = str.maketrans(
    "\u0430\u0432\u0441\u0501\u0435\u0451\u04bb\u043d\u0456\u0457\u04cf\u0458\u043a\u043c"
    "\u043e\u0440\u051b\u0433\u0455\u0442\u0475\u051d\u0445\u0443\u04af\u03b1\u03b2\u03f2"
    "\u03b5\u03b7\u03b9\u03f3\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03c9\u0585"
    "\u057d\u0578\u0570\u0581\u0566\u0251\u0261\u0131\u0269\u1d00\u0299\u1d04\u1d05\u1d07"
    "\u0262\u029c\u026a\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f\u1d18\u0280\ua731\u1d1b\u1d1c"
    "\u1d20\u1d21\u028f\u1d22",
    "abcdeehhiiljkmopqrstvwxyyabcenijkmvoptuxwounhgqagiiabcdeghijklmnoprstuvwyz",
)
"""Small letters of Cyrillic, Greek, Armenian and phonetics that are drawn as Latin ones, or whose
capitals are: the commonest of UTS 39, so that `evil.com` is one in whichever signs."""
