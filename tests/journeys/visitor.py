"""Somebody with a browser: goes about the site and notices what is wrong with a page."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
)

from browsing import WAIT
from karnameh.catalog.public import Indicator
from karnameh.kernel.digits import to_latin
from karnameh.kernel.quantity import format_quantity
from karnameh.people.public import User

SIZES: dict[str, ViewportSize] = {
    "phone": {"width": 390, "height": 844},
    "desk": {"width": 1440, "height": 900},
}
AXE = {"resultTypes": ["violations"]}
_LEFT = ("htmx:sendAbort,", "htmx:afterRequest,")
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")
# What a page is built of: axe looks once at each build in each size.
_BUILD = """() => {
  const root = document.documentElement;
  const parts = [...document.querySelectorAll("body *")].map(
    (one) => [one.parentElement.tagName, one.tagName, one.getAttribute("class"), one.type, one.getAttribute("role")].join(" "));
  return [root.dir, root.dataset.theme, ...new Set(parts)].join("|");
}"""


def fa(number: int) -> str:
    """The number as a Persian page prints it."""
    return format_quantity(number)


def number_in(place: Locator) -> int | None:
    """The first number of a text, without its unit; None where the page shows none."""
    found = re.search(r"-?[0-9][0-9٬]*", to_latin(place.inner_text()))
    return int(found.group().replace("٬", "")) if found else None


def until(page: Page, look: Callable[[], Any]) -> Any:
    """What `look` finds as soon as it finds something, while the page goes on."""
    deadline = time.monotonic() + WAIT / 1000
    while not (found := look()):
        assert time.monotonic() < deadline, "it did not come"
        page.wait_for_timeout(100)
    return found


class Visitor:
    """One browser context with one page (and tabs), and what went wrong in it."""

    def __init__(self, context: BrowserContext, home: str, looked: Path) -> None:
        self.context, self.home, self.looked = context, home, looked
        self.faults: list[str] = []
        self.forgives: Callable[[str], bool] = lambda fault: False  # what this journey brings about
        self.refused: set[str] = set()  # pages that answered 4xx, as some journeys intend
        context.on("page", self._watch)
        self.page = context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("console", self._hear)
        page.on("request", self._see)
        page.on("response", self._answered)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if _REFUSED.match(message.text) and message.location["url"] in self.refused:
            return  # the browser notes every page that answers 4xx
        if message.text.startswith(_LEFT):
            return  # whoever goes on breaks off what was still being asked; a failure says "sendError"
        self.faults.append(f"{message.type} at {message.location['url']}: {message.text}")

    def _see(self, request: Request) -> None:
        if urlsplit(request.url).scheme != "data" and not request.url.startswith(f"{self.home}/"):
            self.faults.append(f"asked another server: {request.url}")

    def _answered(self, response: Response) -> None:
        if response.request.is_navigation_request() and 400 <= response.status < 500:
            self.refused.add(response.url)
        elif response.status >= 400:
            self.faults.append(f"{response.status} from {response.url}")

    def open(self, address: str) -> None:
        """Go to an address of the site."""
        self.page.goto(f"{self.home}{address}")

    def new_tab(self) -> None:
        """Everything from now on happens in another tab."""
        self.page = self.context.new_page()

    def link(self, name: str, *, exact: bool = True) -> Locator:
        """The visible link of that name in the page itself."""
        return self.page.locator("main").get_by_role("link", name=name, exact=exact).first

    def button(self, name: str) -> Locator:
        """The visible button of that name in the page itself."""
        return self.page.locator("main").get_by_role("button", name=name)

    def heading(self, text: str) -> None:
        """The page is the one with this heading, and its scripts listen."""
        expect(self.page.locator("h1")).to_have_text(text)
        self.page.wait_for_load_state()

    def said(self, text: str) -> None:
        """The page says this to the person who has just done something."""
        expect(self.page.locator("#messages")).to_contain_text(text)

    def figure(self, indicator: Indicator, stage: str) -> int | None:
        """What the present dashboard shows for an indicator: pledged, reported, verified or c-left."""
        row = self.page.locator(
            "table.stages tbody tr", has=self.page.locator("th", has_text=indicator.name_fa)
        )
        return number_in(row.locator(f"td.{stage}")) if row.count() else None

    def crumb(self, name: str) -> None:
        """Up to the node of that name."""
        self.page.locator(".crumbs").get_by_role("link", name=name, exact=True).click()
        self.heading(name)

    def look(self, direction: str = "rtl") -> None:
        """The page reads from the right, fits the screen, and axe finds nothing serious in it."""
        assert self.page.locator("html").get_attribute("dir") == direction
        self.fits()
        kind = f"{self.page.viewport_size} {self.page.evaluate(_BUILD)}"
        if not self._first(kind):
            return
        found: Any = Axe().run(self.page, options=AXE).response
        grave = [
            (one["id"], one["help"], [(node["html"][:300], node.get("failureSummary", "")[:300]) for node in one["nodes"][:3]])
            for one in found["violations"] if one["impact"] in ("serious", "critical")
        ]  # fmt: skip
        assert not grave, (self.page.url, grave)

    def _first(self, kind: str) -> bool:
        """Whether nobody of this run, in any worker, has looked at it."""
        mark = self.looked / hashlib.sha256(kind.encode()).hexdigest()
        try:
            mark.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def fits(self) -> None:
        """Nothing must be scrolled sideways."""
        wide = self.page.evaluate(
            """() => {
              const root = document.documentElement;
              if (root.scrollWidth <= root.clientWidth) return [];
              return [...document.querySelectorAll("body *")]
                .filter((one) => { const r = one.getBoundingClientRect(); return r.width && (r.left < -1 || r.right > root.clientWidth + 1); })
                .slice(0, 5).map((one) => one.outerHTML.slice(0, 160));
            }"""
        )
        assert not wide, (self.page.url, wide)


class Visitors:
    """All who came in a test."""

    def __init__(self, browser: Browser, home: str, looked: Path) -> None:
        self.browser, self.home, self.looked = browser, home, looked
        self.all: list[Visitor] = []

    def come(self, user: User | None = None, size: str = "phone", **options: Any) -> Visitor:
        """A new browser context; signed in already when there is a user."""
        context = self.browser.new_context(
            viewport=SIZES[size],
            locale="fa-IR",
            reduced_motion="reduce",
            accept_downloads=True,
            **options,
        )
        context.set_default_timeout(WAIT)
        if user is not None:
            client = Client()
            client.force_login(user)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": self.home}]
            )
        visitor = Visitor(context, self.home, self.looked)
        self.all.append(visitor)
        return visitor

    def leave(self) -> None:
        """Everybody goes; what went wrong comes to light."""
        for one in self.all:
            one.context.close()
        faults = [fault for one in self.all for fault in one.faults if not one.forgives(fault)]
        assert not faults, faults
