"""`./karnameh bench phone`: how heavy the phone app is and how long its first screen takes, on a poor network.

It opens the app of a running site in Chromium at 360 dots, without anything kept, on a connection of 400
kilobits a second with 400 milliseconds for each round trip (what WebPageTest calls slow 3G) and with a
processor slowed down four times. Then it opens it once more without any network.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass
from typing import Any

from karnameh.config.bench.machine import machine_line

_CHROMIUM = "/usr/bin/chromium"
_BITS, _TRIP, _SLOWER = 400_000, 400, 4
_READY = "#screen .btn-main"


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
    given = parser.parse_args(arguments)
    from playwright.sync_api import sync_playwright

    print(machine_line(), flush=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        loads = [_first_load(browser, given.address) for _time in range(given.times)]
        browser.close()
    middle = statistics.median(one.seconds for one in loads)
    again = statistics.median(one.again for one in loads)
    worst = max(one.seconds for one in loads)
    print(
        f"first load: {loads[0].size / 1000:.0f} KB compressed in {loads[0].files} files; its first screen"
        f" after {middle:.1f} s (worst of {len(loads)}: {worst:.1f} s) on slow 3G with a processor"
        f" {_SLOWER} times slower; the next start without a network after {again:.1f} s"
    )
    return 0


def _first_load(browser: Any, address: str) -> _Load:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="fa-IR")
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
    page.wait_for_selector(_READY, timeout=60_000)
    seconds = time.monotonic() - began
    size, files = int(sum(sizes)), len(sizes)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    began = time.monotonic()
    page.reload(wait_until="commit")
    page.wait_for_selector(_READY, timeout=60_000)
    again = time.monotonic() - began
    context.close()
    return _Load(size, files, seconds, again)
