"""Markdown of attackers as HTML in a browser, which judges it: nothing runs, loads, leads astray or turns around."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
from markdown_it import MarkdownIt
from playwright.async_api import Browser, Page, Route
from tests.support.attacks.markup import corpus
from tests.support.programs.browser import chromium

from skillbridge.entrypoints.http.server.safe_html import BLOCKS, INLINE, REL, safe_html

pytestmark = pytest.mark.row("C5")

SITE = "https://learn.example.org/"
ATTRIBUTES = ["href", "rel", "dir", "start"]
JUDGE = r"""
({shown, elements, attributes, rel}) => Object.fromEntries(Object.entries(shown).map(([name, html]) => {
  const place = document.createElement("div"), faults = []
  document.body.append(place)
  place.innerHTML = html
  const once = place.innerHTML
  place.innerHTML = once
  if (place.innerHTML !== once) faults.push("another when it is read again")
  if (/[\u202a-\u202e\u2066-\u2069]/.test(place.textContent)) faults.push("signs of direction")
  for (const one of place.querySelectorAll("*")) {
    const xhtml = one.namespaceURI === "http://www.w3.org/1999/xhtml"
    if (!xhtml || !elements.includes(one.localName)) faults.push(`<${one.localName}>`)
    faults.push(...one.getAttributeNames().filter(it => !attributes.includes(it)))
    if (one.localName === "a" && one.hasAttribute("href")) faults.push(...ofLink(one, rel))
    one.click?.()
  }
  return [name, faults]
}))
"""
LINK = """
function ofLink(link, rel) {
  const says = link.getAttribute("href").toLowerCase(), mail = link.protocol === "mailto:"
  const wrong = {
    [link.protocol]: !["https:", "http:", "mailto:"].includes(link.protocol),
    "a name before the host": link.username || link.password,
    "another host than it says": !mail && !says.startsWith(`${link.protocol}//${link.hostname}`),
    "no host": !mail && !link.hostname,
    "a mail that is written already": mail && link.search,
    "known to whom it leads": link.rel !== rel,
  }
  return Object.keys(wrong).filter(name => wrong[name])
}
window.alert = () => window.ran("a script ran")
document.addEventListener("click", event => event.preventDefault())
"""


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


async def judged(
    browser: Browser, shown: Mapping[str, str]
) -> tuple[dict[str, list[str]], list[str]]:
    """The faults of each, and what the page asked for or said besides."""
    page: Page = await browser.new_page()
    did: list[str] = []

    async def answer(route: Route) -> None:
        if route.request.url == SITE:
            await route.fulfill(content_type="text/html", body="<!doctype html><body></body>")
        else:
            did.append(route.request.url)
            await route.abort()

    await page.route("**/*", answer)
    await page.expose_binding("ran", lambda _, words: did.append(words))
    await page.goto(SITE)
    await page.add_script_tag(content=LINK)
    allowed: dict[str, Any] = {"elements": [*BLOCKS, *INLINE], "attributes": ATTRIBUTES, "rel": REL}
    faults = await page.evaluate(JUDGE, {"shown": dict(shown), **allowed})
    await page.wait_for_load_state("networkidle")
    await page.close()
    return faults, did


@pytest.mark.asvs("1.3.1", "1.3.5")
async def test_nothing_of_an_attack_is_left(browser: Browser) -> None:
    attacks = corpus()
    assert len(attacks) >= 200
    faults, did = await judged(browser, {name: safe_html(text) for name, text in attacks.items()})
    assert {name: found for name, found in faults.items() if found} == {}
    assert did == []


async def test_the_judge_sees_what_is_not_cleaned(browser: Browser) -> None:
    """The same by a reader that lets HTML and every address through."""
    careless = MarkdownIt("commonmark", {"html": True})
    careless.validateLink = lambda url: True  # type: ignore[method-assign]  # that is the carelessness
    attacks = corpus()
    faults, did = await judged(
        browser, {name: careless.render(text) for name, text in attacks.items()}
    )
    seen = {name for name, found in faults.items() if found}
    assert len(seen) > len(attacks) / 2, len(seen)
    assert "a script ran" in did
    assert any("evil.example" in one for one in did)
