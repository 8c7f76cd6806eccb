"""Markdown by which somebody would run a script, show an address that is another, or turn words around.

Families, from OWASP's and CommonMark's own lists of what is hard: HTML in text and in every place of Markdown,
schemes that run something, addresses that two parsers read differently, HTML that changes when it is read twice
(mutation XSS), signs of direction, and structures that make a parser work hard.
"""

from collections.abc import Mapping

RUN = "alert(1)"
ELEMENTS = (
    f"<script>{RUN}</script>",
    f"<SCRIPT >{RUN}</SCRIPT\t>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<img src=x onerror={RUN}>",
    f"<img/src='x'/onerror={RUN}//",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>x",
    f"<video><source onerror={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<iframe src=javascript:parent.{RUN}>",
    f"<object data=data:text/html,<script>{RUN}</script>>",
    f"<a href=javascript:{RUN}>press</a>",
    f"<form action=javascript:{RUN}><button>press</button></form>",
    f"<button form=f formaction=javascript:{RUN}>press",
    f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>x",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    "<base href=https://evil.example/>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<p style='background:url(https://evil.example/x.png)'>x</p>",
    "<img src=https://evil.example/seen.png>",
    f"<x onclick={RUN} style=position:fixed;inset:0>press",
)
MUTATIONS = (
    f"<noscript><p title='</noscript><img src=x onerror={RUN}>'>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={RUN}&gt;'>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<svg></p><style><a id='</style><img src=x onerror={RUN}>'>",
    f"<svg><desc><template><style><a title='</style></template><img src=x onerror={RUN}>'>",
    f"<textarea></textarea><title></title><xmp></xmp><img src=x onerror={RUN}>",
    f"<template><script>{RUN}</script></template>",
    f"<!--><img src=x onerror={RUN}>-->",
    f"<!--!><img src=x onerror={RUN}>",
    f"<![CDATA[><img src=x onerror={RUN}>]]>",
    f"<?xml ?><img src=x onerror={RUN}>",
    f"<select><option><style></option></select><img src=x onerror={RUN}></style>",
    f"<table><td><a href=javascript:{RUN}><table><a>x",
    f"`<img src=x onerror={RUN}>",
    f"&lt;img src=x onerror={RUN}&gt;",
    f"&amp;lt;script&amp;gt;{RUN}",
    f"&#60;script&#62;{RUN}&#60;/script&#62;",
    f"\uff1cscript\uff1e{RUN}\uff1c/script\uff1e",
)
PLACES: Mapping[str, str] = {
    "alone": "{}",
    "in a word": "a{}b",
    "in a link's words": "[{}](https://example.org)",
    "in a link's address": "[x](<{}>)",
    "in a link's title": '[x](https://example.org "{}")',
    "in an image": "![{0}]({0})",
    "in a definition": '[x]\n\n[x]: https://example.org "{}"',
    "in a heading": "# {}",
    "in a quotation in a list": "- > {}",
    "in a fence's name": "```{}\nx\n```",
    "in a span of code": "`{}`",
    "after an escape": "\\{}",
}
SCHEMES = (
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "javascript&colon;alert(1)", "javascript&#58;alert(1)",
    "&#106;avascript:alert(1)", "java\tscript:alert(1)", "java&Tab;script:alert(1)", "java&NewLine;script:alert(1)",
    "\x01javascript:alert(1)", "%6Aavascript:alert(1)", "javascript%3Aalert(1)", "\\javascript:alert(1)",
    "javascript\\:alert(1)", "javascript://example.org/%0aalert(1)", "jav\u00adascript:alert(1)", "\u2028javascript:alert(1)",
    "vbscript:msgbox(1)", "livescript:x", "data:text/html,<script>alert(1)</script>", "data:image/svg+xml,<svg onload=alert(1)>",
    "DATA:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "blob:https://example.org/x", "file:///etc/passwd",
    "view-source:javascript:alert(1)", "feed:javascript:alert(1)", "intent://x#Intent;scheme=javascript;end", "tel:+234",
    "sms:+234?body=x", "ws://example.org", "about:blank", "chrome://settings", "ms-word:ofe|u|https://evil.example",
)  # fmt: skip
ADDRESSES = (
    "//evil.example", "///evil.example", "/v1/me", "\\\\evil.example", "/\\evil.example", "https:evil.example",
    "https:/evil.example", "https:///evil.example", "https://bank.example@evil.example", "https://bank.example:x@evil.example",
    "https://bank.example\\@evil.example", "https://evil.example\\.bank.example", "https://@evil.example",
    "https:\\\\evil.example", "http://%00.example", "https://#evil", "https://?evil", "https://:443", "mailto:a@example.org?bcc=b@example.org",
    "mailto:a@example.org?subject=x%0d%0aBcc:b@example.org", "?next=//evil.example", "#x", ".", "https://bank.example&#64;evil.example",
    "https://bank.example%40evil.example",
)  # fmt: skip
LINKS: Mapping[str, str] = {
    "plain": "[x]({})",
    "pointed": "[x](<{}>)",
    "alone": "<{}>",
    "defined": "[x][y]\n\n[y]: {}",
    "an image": "![x]({})",
}
TURNS = (
    "abc \u202edef", "\u202dabc\u202c", "[\u2067x](https://example.org/\u2069)", "[\u2067x\u2069](https://example.org)",
    "**\u2066a** b\u2069", "`\u2067` if admin", "&#x202E;cba", "&#8238;cba", "&RightToLeftArrow;\u2067", "<https://example.org/%E2%80%AEgpj.exe>",
    "[x](https://example.org/%E2%81%A7)", "```\n\u2067 // \u2069\n```", "\u2067\n\nafter", "- \u2068a\n- b",
)  # fmt: skip
"""Trojan Source (CVE-2021-42574) in Markdown: signs as such, as entities, in escapes and across elements."""


def corpus() -> dict[str, str]:
    """Each by a name of its own."""
    found = {
        f"{one} {place}": PLACES[place].format(one)
        for one in ELEMENTS
        for place in ("alone", "in a word")
    }
    found |= {f"{ELEMENTS[3]} {name}": place.format(ELEMENTS[3]) for name, place in PLACES.items()}
    found |= {f"{ELEMENTS[0]} {name}": place.format(ELEMENTS[0]) for name, place in PLACES.items()}
    found |= {f"mutation {number}": one for number, one in enumerate(MUTATIONS)}
    for name, link in LINKS.items():
        found |= {f"{one!r} {name}": link.format(one) for one in (*SCHEMES, *ADDRESSES)}
    return found | {f"turn {number}": one for number, one in enumerate(TURNS)}


def toilsome(length: int) -> dict[str, str]:
    """Texts of `length` code points that make parsers of Markdown try again and again."""
    pieces = (
        ">", "[", "![", "[](", "[a](", "[a](b", "*a_", "*_", "**a *", "a**b c* ", "~~a", "`", "``` ", "<", "<a", "<!--",
        "<https://", "\\", "- ", "1. ", "> - ", "[a]: x\n", "[a]:", "a\n", ">\n", "```\n", "&#x", "&", "(", "[a](https://x)", "\t", "#", "_", "|", "a  \n",
    )  # fmt: skip
    found = {piece: (piece * length)[:length] for piece in pieces}
    found["runs of ticks"] = " ".join("`" * run for run in range(1, length))[:length]
    found["nested lists"] = "".join(" " * 2 * depth + "- a\n" for depth in range(length))[:length]
    found["links within"] = ("[" * (length // 2) + "](x)" * length)[:length]
    return found
