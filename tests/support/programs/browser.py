"""The machine's own Chromium, and axe beside it."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, ViewportSize, async_playwright


def found() -> str:
    """The program; a machine without it skips with a word, the one that decides does not."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            raise AssertionError("chromium is not here: .ci/run installs it")
        pytest.skip("chromium is not here: apt-get install chromium")
    return program


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Without a sandbox: it sees only pages of ours, and root may have none."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who reads pages on a screen of this width, with scripts off."""

    page: Page
    inspected: BrowserContext
    """With scripts, which axe is: it is shown what the reader sees."""
    width: int

    @classmethod
    async def at(cls, browser: Browser, width: int, *, dark: bool = False) -> "Reader":
        screen, scheme = ViewportSize(width=width, height=740), "dark" if dark else "light"
        plain = await browser.new_context(
            viewport=screen,
            color_scheme=scheme,  # type: ignore[arg-type]  # one of its words
            java_script_enabled=False,
        )
        inspected = await browser.new_context(
            viewport=screen,
            color_scheme=scheme,  # type: ignore[arg-type]  # as above
            bypass_csp=True,
        )
        return cls(await plain.new_page(), inspected, width)

    async def faults(self) -> list[str]:
        """What axe finds on the page as it is now, and whether it is wider than the screen."""
        shown = await self.inspected.new_page()
        await shown.set_content(await self.page.content())
        report = (await Axe().run(shown)).response
        found = [f"{one['id']}: {one['nodes'][0]['html']}" for one in report["violations"]]
        if await shown.evaluate("document.documentElement.scrollWidth") > self.width:
            found.append("wider than the screen")
        await shown.close()
        return found
