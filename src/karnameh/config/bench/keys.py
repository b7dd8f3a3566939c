"""How long somebody waits for a key at the review desk: a real browser before a real server.

From the key to the picture that answers it: the page answers by itself, the server hears of it behind it.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from karnameh.config.bench.live import HOST, served, session_of
from karnameh.config.bench.machine import Result

_CHROMIUM, _PORT = "/usr/bin/chromium", 8097
_KEYS = {"j": "the next one", "k": "the one before", "3": "a mark", "x": "chosen", "a": "accept"}
_PRESS = """async (key) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  const opened = () => document.querySelector("[data-proposal]")?.dataset.proposal;
  const before = opened();
  const began = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  if ("jka".includes(key)) while (opened() === before) await painted();
  await painted();
  return performance.now() - began;
}"""


def pressed(officer: Any, desk: str, times: int) -> Iterator[Result]:
    """Milliseconds for each key at the desk at the address `desk`; the median of so many presses."""
    from playwright.sync_api import sync_playwright

    name, value = session_of(officer)
    home = f"http://{HOST}:{_PORT}"
    with served(port=_PORT, worker=True), sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="fa-IR")
        context.add_cookies([{"name": name, "value": value, "url": home}])
        page = context.new_page()
        page.goto(home + desk)
        taken: dict[str, list[float]] = {key: [] for key in _KEYS}
        for _time in range(times + 1):
            for key in _KEYS:
                page.wait_for_timeout(600)  # as long as a quick reader looks at a proposal
                taken[key].append(page.evaluate(_PRESS, key))
        browser.close()
    for key, does in _KEYS.items():
        warm = taken[key][1:]
        yield Result(
            f"desk of 300, in a browser: {does} ({key})",
            statistics.median(warm),
            "ms",
            "≤ 100 ms",
            f"slowest {max(warm):,.0f} ms",
        )
