"""The main job end to end, as a client lives it: every step checks what it was answered."""

import asyncio
import html
import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import msgspec

PATIENCE = 120.0
"""Seconds that what follows from an event may take to be seen."""

PAUSE = 0.2

Answer = dict[str, Any]
T = TypeVar("T")


class StoryBroken(Exception):
    """Something is not as it should be; the message says what and where."""


@dataclass(slots=True)
class Story:
    """One learner's way, with a password and an address of their own."""

    http: httpx.AsyncClient
    mentor_password: str
    email: str = field(default_factory=lambda: f"demo-{secrets.token_hex(5)}@demo.skillbridge.test")
    password: str = field(default_factory=lambda: f"{secrets.token_urlsafe(15)} on a rainy day")
    roadmap_id: str = ""

    @classmethod
    @asynccontextmanager
    async def at(cls, url: str, *, mentor_password: str) -> AsyncIterator["Story"]:
        async with httpx.AsyncClient(base_url=url, timeout=20, trust_env=False) as http:
            yield cls(http, mentor_password)

    async def register_and_sign_in(self) -> Answer:
        registration = {"email": self.email, "password": self.password, "name": "Zainab Demo"}
        await self._ask("POST", "/v1/auth/register", 202, json=registration)
        link = await self._patiently(self._verification_link, "the mail with the link")
        await self._ask("GET", link, 200)  # a page that asks for the password
        form = {"token": link.partition("token=")[2], "password": self.password}
        await self._ask("POST", "/v1/auth/confirm", 200, data=form)
        self._sign_in(await self._log_in(self.email, self.password))
        return await self._ask("GET", "/v1/me", 200)

    async def fill_in_profile(self) -> Answer:
        profile = {
            "name": "Zainab Demo",
            "country": "NG",
            "time_zone": "Africa/Lagos",
            "languages": ["en"],
            "skills": {"spreadsheets": 2},
            "availability": [
                {"weekday": day, "start": 17 * 60, "end": 21 * 60} for day in range(5)
            ],
        }
        return await self._ask("PATCH", "/v1/me", 200, json=profile)

    async def follow_roadmap(self, goal: str, domain: str) -> AsyncIterator[Answer]:
        """The steps of the drawing, as server-sent events; ends when the roadmap is ready."""
        wish = {"goal": goal, "domain": domain, "hours_per_week": 6}
        asked = await self._ask("POST", "/v1/roadmaps", 202, json=wish)
        self.roadmap_id = asked["roadmap_id"]
        path = f"/v1/roadmaps/{self.roadmap_id}/generation/events"
        last: Answer = asked
        async with asyncio.timeout(PATIENCE), self.http.stream("GET", path) as response:
            async for line in response.aiter_lines():
                if line == "event: end":
                    break
                if line.startswith("data:"):
                    last = msgspec.json.decode(line.removeprefix("data:").strip())
                    yield last
        if last["status"] != "ready":
            raise StoryBroken(f"the roadmap ended as {last['status']}: {last['reason']}")

    async def roadmap(self) -> Answer:
        return await self._ask("GET", f"/v1/roadmaps/{self.roadmap_id}", 200)

    async def complete_modules(self, roadmap: Answer, number: int) -> AsyncIterator[Answer]:
        for module in roadmap["modules"][:number]:
            path = f"/v1/roadmaps/{self.roadmap_id}/modules/{module['id']}/completion"
            yield await self._ask("PUT", path, 200)

    async def suggestions(self) -> Answer:
        found = await self._ask("GET", "/v1/mentors/suggestions", 200)
        if not found["items"]:
            raise StoryBroken("no mentor was suggested: did `skillbridge seed` run?")
        return found

    async def match_with_the_best(self, suggestions: Answer) -> Answer:
        """The learner asks the first whose account is a seeded one, and that mentor accepts."""
        best = suggestions["items"][0]["mentor"]
        request = {"mentor_id": best["id"], "message": "Would you help me?"}
        match = await self._ask("POST", "/v1/matches", 201, json=request)
        first_name = best["name"].split()[0].lower()
        address = f"{_plain(first_name)}@demo.skillbridge.test"
        mentor = await self._log_in(address, self.mentor_password)
        headers = {"Authorization": f"Bearer {mentor['access_token']}"}
        path = f"/v1/matches/{match['id']}/accept"
        return await self._ask("POST", path, 200, headers=headers)

    async def badges(self, expected: set[str]) -> list[Answer]:
        """The badges that the learner has, when all of the expected are among them."""

        async def earned() -> list[Answer] | None:
            found: Any = await self._ask("GET", "/v1/badges", 200)
            mine = [badge for badge in found if badge["awarded_at"]]
            return mine if expected <= {badge["id"] for badge in mine} else None

        return await self._patiently(earned, f"the badges {', '.join(sorted(expected))}")

    async def notices(self, *, at_least: int) -> list[Answer]:
        async def told() -> list[Answer] | None:
            items: list[Answer] = (await self._ask("GET", "/v1/notices", 200))["items"]
            return items if len(items) >= at_least else None

        return await self._patiently(told, f"{at_least} notices")

    async def _verification_link(self) -> str | None:
        response = await self.http.get("/mailbox")
        if response.status_code != httpx.codes.OK:
            raise StoryBroken("the mailbox is not there: this is a story for a local stack")
        for mail in html.unescape(response.text).split("<article"):
            if self.email in mail and (link := re.search(r"/v1/auth/verify\?[^\s\"'<]+", mail)):
                return link.group()
        return None

    async def _log_in(self, email: str, password: str) -> Answer:
        credentials = {"email": email, "password": password}
        return await self._ask("POST", "/v1/auth/login", 200, json=credentials)

    def _sign_in(self, tokens: Answer) -> None:
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    async def _patiently(self, ask: Callable[[], Awaitable[T | None]], what: str) -> T:
        """Asks again until there is an answer: what follows from an event comes a little later."""
        for _ in range(round(PATIENCE / PAUSE)):
            if (answer := await ask()) is not None:
                return answer
            await asyncio.sleep(PAUSE)
        raise StoryBroken(f"{what} did not come within {PATIENCE:.0f} s")

    async def _ask(self, method: str, path: str, status: int, **given: Any) -> Answer:
        try:
            response = await self.http.request(method, path, **given)
        except httpx.HTTPError as error:
            raise StoryBroken(
                f"{self.http.base_url} does not answer: is `skillbridge up` running? ({error})"
            ) from error
        if response.status_code != status:
            raise StoryBroken(f"{method} {path} answered {response.status_code}: {response.text}")
        is_json = "json" in response.headers.get("content-type", "")
        answer: Answer = response.json() if is_json else {}
        return answer


def _plain(name: str) -> str:
    """As the seeded addresses spell it."""
    return name.replace("ã", "a").replace("ï", "i")
