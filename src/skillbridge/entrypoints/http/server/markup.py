"""The few pages that a person sees without a client: plain, and readable by everyone."""

import re
from base64 import b64encode
from hashlib import sha256
from html import escape

from litestar import Response

_STYLE = """
:root { color-scheme: light dark }
body { font: 1.1rem/1.6 system-ui, sans-serif; color: #1b1b1f; background: #fff; margin: 0 }
main { max-width: 40rem; margin: 0 auto; padding: 2rem 1rem }
article { border: 1px solid #767680; border-radius: .5rem; padding: 0 1rem; margin: 1rem 0 }
article p { white-space: pre-line }
input, button { font: inherit; padding: .4rem .6rem; min-height: 2.75rem; box-sizing: border-box }
input { width: 100%; max-width: 24rem }
[role=alert] { border-left: .3rem solid #c00016; padding-left: .7rem; font-weight: 600 }
a { color: #00429d; overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) {
  body { color: #f2f2f5; background: #16161a } a { color: #9cc4ff }
  [role=alert] { border-color: #ff9d9d }
}
"""
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_LINK = re.compile(r"https?://\S+")


def to_page(title: str, body: str, *, status: int = 200, forms: bool = False) -> Response[str]:
    """`body` is HTML; `title` is text. Without `forms` nothing can be sent from the page."""
    heading = escape(title)
    content = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{heading} | SkillBridge</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{heading}</h1>{body}</main></body></html>"
    )
    headers = dict(HEADERS)
    if forms:
        policy = headers["Content-Security-Policy"]
        headers["Content-Security-Policy"] = policy.replace(
            "form-action 'none'", "form-action 'self'"
        )
    return Response(content, status_code=status, media_type="text/html", headers=headers)


def to_paragraphs(text: str) -> str:
    """Plain text as HTML, its links made to be followed."""
    parts = [part.strip() for part in text.split("\n\n") if part.strip()]
    return "".join(f"<p>{_with_links(part)}</p>" for part in parts)


def _with_links(text: str) -> str:
    made, end = [], 0
    for link in _LINK.finditer(text):
        address = escape(link.group())
        made += [escape(text[end : link.start()]), f'<a href="{address}">{address}</a>']
        end = link.end()
    return "".join(made) + escape(text[end:])
