"""The readers, in a process of their own that imports nothing of ours: each is a coroutine with a browser's habits."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import time
from typing import Any


async def main(plan: dict[str, Any]) -> dict[str, Any]:
    """Everybody reads until the time is over; what is on its way then is waited for."""
    chance = random.Random(5)
    began = time.perf_counter()
    readers = [_reader(plan, random.Random(chance.random()), began) for _ in range(plan["readers"])]
    found = await asyncio.gather(*readers)
    waits = [wait for waited, _faults in found for wait in waited]
    return {
        "pages": len(waits),
        "faults": sum(faults for _waited, faults in found),
        "waits": waits,
        "seconds": time.perf_counter() - began,
    }


async def _reader(
    plan: dict[str, Any], chance: random.Random, began: float
) -> tuple[list[float], int]:
    waits, faults = [], 0
    end = began + plan["seconds"]
    await _read_on(chance.random() * plan["think"], end)  # nobody comes in the same second
    while time.perf_counter() < end:
        asked = time.perf_counter()
        good = await _page(plan, chance.choice(plan["paths"]))
        waits.append((time.perf_counter() - asked) * 1000)
        faults += not good
        await _read_on(chance.uniform(0.5, 1.5) * plan["think"], end)
    return waits, faults


async def _read_on(seconds: float, end: float) -> None:
    await asyncio.sleep(max(0.0, min(seconds, end - time.perf_counter())))


async def _page(plan: dict[str, Any], path: str) -> bool:
    """Whether a whole page came."""
    try:
        reader, writer = await asyncio.open_connection(plan["host"], plan["port"])
        request = (
            f"GET {path} HTTP/1.1\r\nHost: {plan['host']}\r\nCookie: {plan['cookie']}\r\n"
            "Accept-Encoding: gzip\r\nConnection: close\r\n\r\n"
        )
        writer.write(request.encode())
        answer = await reader.read(-1)
        writer.close()
    except OSError:
        return False
    head, _blank, body = answer.partition(b"\r\n\r\n")
    return head.startswith(b"HTTP/1.1 200 ") and len(body) > 500


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(json.load(sys.stdin)))))
