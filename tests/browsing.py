"""A real browser on the real site, inside the test's own transaction.

The server's threads use the test's connection, so that what the browser does is rolled back too. The
tables of the trail and the ledger refuse to be emptied, so Django's own live server cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from django.utils import timezone
from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
WAIT = 45_000  # milliseconds; how long a page may take on a slow and busy machine
expect.set_options(timeout=WAIT)


@pytest.fixture
def site(db: None) -> Iterator[str]:
    """The address of the running site."""
    own = connections["default"]
    own.inc_thread_sharing()
    # Patches of its own: they must end before the database does, which closes the connection for real.
    with pytest.MonkeyPatch.context() as patch:
        # The browser's driver keeps an event loop in this thread; Django is right to ask, and wrong here.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        # Each request's thread would close it behind itself.
        patch.setattr(own, "close", lambda: None)
        # The browser's clock runs, so ours does.
        patch.setattr(timezone, "now", lambda: datetime.now(UTC))
        server = LiveServerThread(
            "localhost", StaticFilesHandler, connections_override={"default": own}
        )
        server.daemon = True
        server.start()
        server.is_ready.wait()
        if server.error is not None:
            raise server.error
        yield f"http://localhost:{server.port}"
        server.terminate()
    own.dec_thread_sharing()


@pytest.fixture
def phone(site: str) -> Iterator[Page]:
    """A page as wide as a phone, in Persian; a fault of any script or of the policy fails the test."""
    own = connections["default"]
    with sync_playwright() as playwright:
        connections["default"] = own  # beside the driver's event loop Django would open another one
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(
            viewport={"width": 390, "height": 844}, locale="fa-IR", base_url=site
        )
        context.set_default_timeout(WAIT)
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "console",
            lambda message: (
                faults.append(message.text) if "Content Security" in message.text else None
            ),
        )
        yield page
        browser.close()
    assert not faults


def sign_in(page: Page, username: str, password: str) -> None:
    """As a person does."""
    page.goto("/accounts/login/")
    page.fill("#id_login", username)
    page.fill("#id_password", password)
    page.click("#sign-in [type=submit]")
    page.wait_for_url(lambda address: "/login" not in address)


def accessible(page: Page) -> None:
    """No finding of axe on the present page, and nothing that must be scrolled sideways."""
    found: Any = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
