"""The pages that mails lead to, in a browser: without scripts, on a phone and on a desk."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser
from tests.support.programs.browser import Reader, chromium
from tests.support.programs.command import program

from skillbridge.local.health import until_ready
from skillbridge.local.ports import HOST, free_port
from skillbridge.local.waiting import until

pytestmark = pytest.mark.row("C1", "L9")

PASSWORD, WEAK, OTHER = (
    "violet tractor hums at dawn",
    "password1234",
    "another tractor hums at noon",
)
LARGEST = 14 * 1024
"""Bytes of a page: what a first flight of TCP carries."""
WHILE_SCROLLED = """async () => {
  const drawn = new Set()
  for (let at = 0; at <= document.documentElement.scrollHeight; at += innerHeight / 2) {
    scrollTo(0, at)
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))
    for (const one of document.querySelectorAll(".opblock")) drawn.add(one.id.split("-").at(-1))
  }
  return [...drawn]
}"""
"""The ids of the operations that are drawn on the way from the top to the end of the page."""
SCREENS = [(360, False), (360, True), (1280, False)]


@pytest.fixture(scope="module")
async def api() -> AsyncIterator[httpx.AsyncClient]:
    port = free_port()
    async with program("serve", "--memory", "--port", str(port)):
        await until_ready(port)
        async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False) as client:
            yield client


@pytest.fixture(scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as one:
        yield one


async def mailed(api: httpx.AsyncClient, path: str, email: str) -> str:
    """The newest link of this kind that went to the address."""
    found: list[str] = []

    async def came() -> bool:
        mails = (await api.get("/mailbox")).text.split("<article>")
        hers = "".join(one for one in mails if email in one)
        found[:] = [unescape(it) for it in re.findall(r'href="([^"]+)"', hers) if path in it]
        return bool(found)

    await until(came, every=0.05)
    return found[0]


@pytest.mark.parametrize(("width", "dark"), SCREENS)
async def test_a_mail_is_answered_on_a_page_without_scripts(
    api: httpx.AsyncClient, browser: Browser, width: int, dark: bool
) -> None:
    email = f"amina{width}{'-dark' if dark else ''}@example.org"
    new = {"email": email, "name": "Amina Bello", "password": PASSWORD}
    (await api.post("/v1/auth/register", json=new)).raise_for_status()
    reader = await Reader.at(browser, width, dark=dark)
    page, seen = reader.page, []

    async def sees(heading: str, *words: str) -> None:
        assert await page.locator("h1").inner_text() == heading
        text = await page.locator("main").inner_text()
        assert all(word in text for word in words), text
        assert await reader.faults() == [], heading
        assert len((await page.content()).encode()) <= LARGEST
        seen.append(heading)

    async def answers(password: str) -> None:
        await page.get_by_label("password", exact=False).fill(password)
        await page.get_by_role("button").click()

    await page.goto(await mailed(api, "/auth/verify", email))
    await sees("Confirm your address")
    await answers(OTHER)
    await sees("Confirm your address", "This is not the password")
    await answers(PASSWORD)
    await sees("Your address is confirmed")

    await api.post("/v1/auth/password/forgot", json={"email": email})
    link = await mailed(api, "/auth/reset", email)
    await page.goto(link)
    await page.goto(link)
    await sees("Set a new password")
    await answers(WEAK)
    await sees("Set a new password", "too easy to guess")
    await answers(OTHER)
    await sees("Your password is changed")
    await page.goto(link)
    await sees("This did not work", "used already", "log in")
    assert seen[-1] == "This did not work"

    login = {"email": email, "password": OTHER}
    token = (await api.post("/v1/auth/login", json=login)).json()["access_token"]
    moved = {"email": f"new-{email}", "password": OTHER}
    hers = {"Authorization": f"Bearer {token}"}
    (await api.put("/v1/me/email", json=moved, headers=hers)).raise_for_status()
    await page.goto(await mailed(api, "/auth/email", moved["email"]))
    await sees("Confirm your new address")
    await page.get_by_role("button").click()
    await sees("Your address is changed")
    assert (await api.post("/v1/auth/login", json=login)).status_code == 401


@pytest.mark.parametrize(
    "path", ["/", "/mailbox", "/problems", "/problems/broken-link", "/v1/auth/verify?token=x"]
)
@pytest.mark.parametrize(("width", "dark"), SCREENS)
async def test_every_page_is_readable(
    api: httpx.AsyncClient, browser: Browser, path: str, width: int, dark: bool
) -> None:
    reader = await Reader.at(browser, width, dark=dark)
    await reader.page.goto(str(api.base_url.join(path)))
    assert await reader.page.locator("h1").count() == 1
    assert await reader.faults() == []


@pytest.mark.parametrize("width", [360, 1280])
async def test_the_contract_is_tried_on_a_page_that_everybody_can_read(
    api: httpx.AsyncClient, browser: Browser, width: int
) -> None:
    """With its policy in force, and operations open: nothing of it is refused by the browser."""
    context = await browser.new_context(viewport={"width": width, "height": 740})
    page = await context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await page.goto(str(api.base_url.join("/docs")))
    await page.locator(".opblock-tag").first.click()
    operations = page.locator(".opblock-summary-control")
    for place in (5, 30):
        await operations.nth(place).click()
    await page.locator(".try-out__btn").first.click()
    await page.locator(".btn.execute").first.wait_for()
    found = (await Axe().run(page)).response["violations"]
    assert [f"{one['id']}: {one['nodes'][0]['html']}" for one in found] == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert said == []
    await context.close()


async def test_every_operation_of_the_contract_is_on_its_page(
    api: httpx.AsyncClient, browser: Browser
) -> None:
    page = await browser.new_page(viewport={"width": 360, "height": 740})
    await page.goto(str(api.base_url.join("/docs")))
    await page.locator(".opblock-tag").first.wait_for()
    closed = page.locator(".opblock-tag[data-is-open=false]")
    while await closed.count():
        await closed.last.click()
    contract = (await api.get("/openapi.json")).json()
    promised = {
        operation["operationId"]
        for path in contract["paths"].values()
        for operation in path.values()
        if "operationId" in operation
    }
    assert set(await page.evaluate(WHILE_SCROLLED)) == promised
    await page.close()
