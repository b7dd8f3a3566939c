"""`./karnameh bench phone`: how heavy the phone app is and how long its first screen takes, on a poor network.

It opens the app of a running site in Chromium at 360 dots, without anything kept, on a connection of 400
kilobits a second with 400 milliseconds for each round trip (what WebPageTest calls slow 3G) and with a
processor slowed down four times: once as a stranger, whose first screen is the way in, and once as
somebody who is signed in, whose first screen asks for a PIN. A screen counts when it is painted and its
button is there. Then it opens the app once more without any network.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from karnameh.config.bench.machine import machine_line

_CHROMIUM = "/usr/bin/chromium"
_BITS, _TRIP, _SLOWER = 400_000, 400, 4
_BUTTON, _PIN = "#screen .btn-main", "#screen input[type=password]"
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"


@dataclass(frozen=True)
class _Load:
    """One first load: bytes over the network, files, seconds until the first screen can be used."""

    size: int
    files: int
    seconds: float
    again: float  # the second start, without a network


def bench(arguments: list[str]) -> int:
    """Measure the app of a running site."""
    parser = argparse.ArgumentParser(prog="./karnameh bench phone")
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8000")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--user", default="leader", help="who is signed in")
    parser.add_argument("--password", default="hamyari-1405")
    given = parser.parse_args(arguments)
    if trouble := _trouble(given.address):
        print(trouble, file=sys.stderr)
        return 2
    from playwright.sync_api import sync_playwright

    print(machine_line(), flush=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        cookies = _signed_in(browser, given.address, given.user, given.password)
        for who, kept, ready in (("a stranger", [], _BUTTON), (given.user, cookies, _PIN)):
            loads = [_first_load(browser, given.address, kept, ready) for _n in range(given.times)]
            _tell(who, loads)
        browser.close()
    return 0


def _trouble(address: str) -> str:
    """What is missing for the measurement, in a sentence; empty when nothing is."""
    if not Path(_CHROMIUM).exists():
        return f"The measurement drives Chromium: install it, so that {_CHROMIUM} exists."
    try:
        with urlopen(f"{address}/accounts/login/", timeout=20):
            return ""
    except (OSError, ValueError) as trouble:
        return f"No site answers at {address} ({trouble}): start it with ./karnameh up, or name its address."


def _tell(who: str, loads: list[_Load]) -> None:
    middle = statistics.median(one.seconds for one in loads)
    again = statistics.median(one.again for one in loads)
    worst = max(one.seconds for one in loads)
    print(
        f"first load, {who}: {loads[0].size / 1000:.0f} KB compressed in {loads[0].files} files; the first"
        f" screen after {middle:.1f} s (worst of {len(loads)}: {worst:.1f} s) on slow 3G with a processor"
        f" {_SLOWER} times slower; the next start without a network after {again:.1f} s",
        flush=True,
    )


def _signed_in(browser: Any, address: str, user: str, password: str) -> list[Any]:
    """The cookies of somebody who has signed in, on a good network."""
    context = browser.new_context(locale="fa-IR")
    page = context.new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("#id_login", user)
    page.fill("#id_password", password)
    page.click("#sign-in [type=submit]")
    page.wait_for_url(lambda where: "/login" not in where)
    cookies = list(context.cookies())
    context.close()
    return cookies


def _first_load(browser: Any, address: str, cookies: list[Any], ready: str) -> _Load:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fa-IR")
    context.add_cookies(cookies)
    page = context.new_page()
    link = context.new_cdp_session(page)
    sizes: list[float] = []
    link.on("Network.loadingFinished", lambda said: sizes.append(said["encodedDataLength"]))
    link.send("Network.enable")
    link.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False, "latency": _TRIP,
            "downloadThroughput": _BITS / 8, "uploadThroughput": _BITS / 8,
        },
    )  # fmt: skip
    link.send("Emulation.setCPUThrottlingRate", {"rate": _SLOWER})
    began = time.monotonic()
    page.goto(f"{address}/field/", wait_until="commit")
    page.wait_for_selector(ready, timeout=60_000)
    page.wait_for_function(_PAINTED, timeout=60_000)
    seconds = time.monotonic() - began
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    size, files = int(sum(sizes)), len(sizes)
    context.set_offline(True)
    began = time.monotonic()
    page.reload(wait_until="commit")
    page.wait_for_selector(_BUTTON, timeout=60_000)
    again = time.monotonic() - began
    context.close()
    return _Load(size, files, seconds, again)
