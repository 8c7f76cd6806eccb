"""Markdown of people as HTML that no page needs to be afraid of: the one place where it is made.

Texts are stored as they were written (`domain/text.py`); HTML is made when somebody asks for it. CommonMark is
read by markdown-it without HTML, images and entities, and what it makes is cleaned once more by nh3 (ammonia)
with a list of what is allowed, as a browser would read it (https://spec.commonmark.org, OWASP ASVS 1.3.1).

- Links lead to `https:`, `http:` and `mailto:`, in full and to a host without a name or password in front of it.
- Each block finds its own direction (`dir="auto"`), so signs of direction are dropped: an isolate may be closed
  in the text and open in the part of it that is shown (UTS 55, Trojan Source).
- Headings are two levels lower: the page around has its own above them.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated, Any, TypeVar

import msgspec
import nh3
from litestar.params import QueryParameter
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

from skillbridge.domain import signs

T = TypeVar("T")

LONGEST = 2000
"""Code points. No text in Markdown may be longer: one is read in one go, and nothing else moves meanwhile."""
BLOCKS = ("p", "blockquote", "pre", "ul", "ol", "li", "h3", "h4", "h5", "h6")
INLINE = ("a", "em", "strong", "s", "code", "br", "hr")
REL = "nofollow ugc noopener"
SUFFIX = "_html"
HtmlAsked = Annotated[
    bool,
    QueryParameter(
        name="html",
        description="`true`: each text in Markdown as safe HTML beside it, in `…_html`.",
    ),
]
SafeHtml = Annotated[
    str | msgspec.UnsetType,
    msgspec.Meta(
        description="The text as HTML that can be put into a page as it is, if `html=true` was asked for. "
        f"Of elements it has {', '.join((*INLINE, *BLOCKS))} alone."
    ),
]

_LINK = re.compile(r"(?:https?://(?![^/?#]*[@\\])[^/?#\\:][^\\]*|mailto:[^?]+)", re.IGNORECASE)
_TURNING = re.compile(
    f"[{signs.REFUSED}{signs.EMBEDDINGS}{signs.POP_EMBEDDING}{signs.ISOLATES}{signs.POP_ISOLATE}]"
)
_LOWEST, _LOWER = 6, 2


class _Markdown(MarkdownIt):
    """Its two methods are to be replaced, as its manual says."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  as in JavaScript
        return _LINK.fullmatch(url) is not None

    def normalizeLinkText(self, url: str) -> str:  # noqa: N802  as above
        """As it was written: `%E2%80%AE` shall not become a sign."""
        return url


def _lowered(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + _LOWER, _LOWEST)}"


def _reader() -> MarkdownIt:
    reader = _Markdown("commonmark", {"html": False, "breaks": True})
    reader.enable("strikethrough").disable(["image", "entity"])
    reader.core.ruler.push("lowered", _lowered)
    return reader


def _kept(tag: str, name: str, value: str) -> str | None:
    """An attribute as it stays; an address that leads elsewhere goes, and its words stay."""
    return None if (tag, name) == ("a", "href") and not _READER.validateLink(value) else value


_READER = _reader()
_CLEANER = nh3.Cleaner(
    tags={*BLOCKS, *INLINE},
    attributes={"*": set(), "a": {"href"}, "ol": {"start"}},
    attribute_filter=_kept,
    link_rel=REL,
    url_schemes={"https", "http", "mailto"},
    url_relative="deny",
    set_tag_attribute_values={tag: {"dir": "auto"} for tag in BLOCKS},
)


def safe_html(text: str) -> str:
    """A text of at most `LONGEST` code points."""
    return _CLEANER.clean(_TURNING.sub("", _READER.render(text))).rstrip("\n")


async def with_html(kind: type[T], view: Any, *, html: bool) -> T:
    """The view as `kind`, which has a field `…_html` more for each text in Markdown; filled if `html`."""
    said = {one.name: getattr(view, one.name) for one in fields(view)}
    for name in _markdown_of(kind) if html else ():
        await asyncio.sleep(0)  # others go on between two texts
        said[name + SUFFIX] = safe_html(said[name])
    return kind(**said)


async def all_with_html(kind: type[T], views: Sequence[Any], *, html: bool) -> list[T]:
    return [await with_html(kind, view, html=html) for view in views]


def _markdown_of(kind: Any) -> list[str]:
    return [one.name.removesuffix(SUFFIX) for one in fields(kind) if one.name.endswith(SUFFIX)]
